# Words that every screen and page shares

common-product = Sunshine Council
common-big = Large text
common-standard = Standard
common-back = Back
common-close = Close
common-cancel = Cancel
common-next = Next
common-save = Save
common-send = Send
common-edit = Edit
common-remove = Delete
common-more = More
common-undo = Undo
common-loading = Opening…
common-skip = Skip to content
common-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
common-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
common-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
common-unsent = waiting to be sent
common-broken = Something on this page went wrong. Reload it; what you wrote is kept.
common-language = Language
common-dot = {" "}·{" "}
common-colon = :{" "}

common-phase-draft = In preparation
common-phase-announced = Announced
common-phase-postponed = Postponed
common-phase-cancelled = Cancelled
common-phase-lobby = About to begin
common-phase-live = Live
common-phase-paused = Paused
common-phase-ended = Ended
common-phase-minutes_review = Being written up
common-phase-published = Published
common-phase-archived = Archived

common-role-host = Host
common-role-moderator = Moderator
common-role-secretary = Secretary
common-role-technician = Technician
common-role-lawyer = Lawyer
common-role-npc_deputy = People’s congress deputy
common-role-cppcc_member = CPPCC member
common-role-committee_chair = Owners’ committee
common-role-property_manager = Property manager
common-role-official = Government office
common-role-unit_officer = Responsible unit
common-role-grid_keeper = Grid keeper
common-role-resident_rep = Residents’ representative
common-role-admin = Administrator
common-role-tally_supervisor = Tally supervisor
common-role-owner = Owner
common-role-resident = Resident
common-role-tenant = Tenant
common-role-guest = Guest
common-role-screen = Projector
common-role-auditor = Auditor
common-role-system = System

common-kind-ask = Question
common-kind-report = Problem
common-kind-suggest = Suggestion

common-state-pending = Awaiting review
common-state-pending_review = Awaiting review
common-state-queued = In the queue
common-state-on_air = Being answered
common-state-answered = Answered
common-state-answered_written = Answered in writing
common-state-merged = Merged
common-state-deferred = Written answer to come
common-state-converted = Referred
common-state-hidden = Returned
common-state-rejected = Not published
common-state-appealed = Under appeal
common-state-withdrawn = Withdrawn

common-reason-rude = personal attack
common-reason-personal_data = contains personal data
common-reason-duplicate = already asked
common-reason-unclear = not clear
common-reason-other = other reason
common-reason-advert = advertising
common-reason-flooding = flooding
common-reason-unlawful = unlawful content
common-reason-off_topic = off topic

common-agenda-opening = Opening
common-agenda-briefing = Briefing
common-agenda-law_talk = The law explained
common-agenda-explanation = Explanation
common-agenda-questions = Questions and answers
common-agenda-speech = Speech
common-agenda-claiming = Claiming of tasks
common-agenda-poll = Straw poll
common-agenda-consensus = Consensus
common-agenda-closing = Closing

common-outcome-consensus = Consensus
common-outcome-resolution = Agreed item
common-outcome-commitment = Commitment
common-outcome-suggestion = Suggestion
common-outcome-explanation = Explanation
common-outcome-referral = Referral

common-verb-reply = reply
common-verb-explain = explanation
common-verb-advise = advice

common-way-real = Real name
common-way-building = Building + form of address
common-way-anonymous = Anonymous

common-sample = Sample

# Player
common-player-replay = Recording of the meeting
common-player-captions = Captions
common-player-chapters = Places in the recording
common-player-download = Download the recording
