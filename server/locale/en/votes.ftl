# Owners' votes: notices, results, checking, projector, print

votes-title = Owners' votes
votes-title-help = What owners decide together: notice, voting, count and posting, each step of it here.
votes-all = All votes
votes-none = No votes yet
votes-none-help = A new motion is announced here fifteen days ahead.
votes-nowhere = There is no such vote
votes-nowhere-help = The address may be wrong, or the motion has not been noticed yet.
votes-group-open = Open now
votes-group-ahead = Under notice
votes-group-counting = Being counted
votes-group-posted = Result posted
votes-group-done = With a result
votes-group-off = Withdrawn or annulled
votes-home = Owners' votes
votes-home-all = All votes and results
votes-go-vote = Vote
votes-see-result = See the result
votes-see-notice = Read the notice
votes-rosters = Rosters of owners
votes-rosters-help = Heads and areas are counted by the roster. While it is published, owners look up their own home and object.
votes-roster-of = Roster of { $name }
votes-roster-published = Published until { $day }
votes-roster-frozen = Settled, version { $version }

votes-state-noticed = Under notice
votes-state-open = Open
votes-state-closed = Closed, to be counted
votes-state-counted = Counted, to be announced
votes-state-announced = Result posted
votes-state-final = Final result
votes-state-withdrawn = Withdrawn
votes-state-annulled = Annulled
votes-binding-statutory = Joint decision of the owners
votes-binding-advisory = Advisory (no joint decision of the owners)
votes-statutory-help = Votes on this platform are valid under: { $rule }. Paper and online ballots go into one count.
votes-advisory-help = It only asks what people think; it has no force as a joint decision of the owners.
votes-missing = It is no joint decision because these are missing:
votes-missing-permits = A rule that permits votes on this platform
votes-missing-notice_days = No rule is known on the days of notice
votes-missing-window_least_days = No rule is known on the shortest voting time
votes-missing-window_most_days = No rule is known on the longest voting time
votes-missing-announce_days = No rule is known on when to announce
votes-missing-posting_days = No rule is known on the days of posting
votes-missing-paper = No rule is known on paper ballots
votes-missing-platform = No rule is known on the voting system
votes-missing-notice = Too few days of notice
votes-missing-window = The days of voting do not fit the rules
votes-missing-paper_offer = No paper ballots are offered
votes-missing-city_platform = Not registered with the city's voting system
votes-city = Number in the city's voting system: { $reference }

votes-law-item = Civil Code art. 278, item { $item }
votes-item-1 = Making and changing the rules of the owners' assembly
votes-item-2 = Making and changing the covenant
votes-item-3 = Electing or replacing members of the owners' committee
votes-item-4 = Hiring and dismissing the property manager
votes-item-5 = Using the maintenance fund
votes-item-6 = Raising the maintenance fund
votes-item-7 = Altering or rebuilding the building and its facilities
votes-item-8 = Changing the use of common parts, or doing business with them
votes-item-9 = Other weighty matters of common ownership and management
votes-law-quorum = First, taking part: by area and by heads, { $line } of all.
votes-law-approval = Then, agreeing: of those taking part, by area and by heads, { $line }.
votes-law-abstain = Abstaining counts as taking part, not as agreeing.
votes-law-source = Text of the law: national database of laws and regulations
votes-line-2-3 = two thirds or more (exactly two thirds is enough)
votes-line-1-2 = more than half (exactly half is not enough)
votes-line-3-4 = three quarters or more (exactly three quarters is enough)
votes-mark-2-3 = Two thirds
votes-mark-1-2 = More than half
votes-mark-3-4 = Three quarters
votes-warning-use_not_raise = This is about using the fund: more than half must agree. Raising it would need three quarters.
votes-warning-raise_not_use = This is about raising the fund: three quarters must agree. Using it would need more than half.

votes-mode-named = Named
votes-mode-named-does = The result is announced in sums alone, without names and without any home's choice.
votes-mode-named-not = After the close the supervisors of this vote can see each home's choice, and each look is written down. Before the close nobody can; only who holds the server's key could, technically, and we say so.
votes-mode-confidential = Confidential
votes-mode-confidential-does = After the close two supervisors break the seal together before it is counted; the result is announced in sums alone.
votes-mode-confidential-not = Once it is unsealed the supervisors of this vote can see each home's choice, and each look is written down. It is not kept from who holds the server's key, and we say so.
votes-mode-anonymous = Anonymous poll
votes-mode-anonymous-does = Who took part is recorded; the choice is kept apart, without name, time or order. Heads alone are counted, and nothing is decided.
votes-mode-anonymous-not = It is kept from neighbours and from later readers of the archive; not from an operator who watches the server while people vote, and we say so.

votes-scope-whole = whole estate
votes-scope-place = owners of { $place }
votes-left-days =
    { $n ->
        [one] { $n } day left
       *[other] { $n } days left
    }
votes-left-hours =
    { $n ->
        [one] { $n } hour left
       *[other] { $n } hours left
    }
votes-left-minutes =
    { $n ->
        [one] { $n } minute left
       *[other] { $n } minutes left
    }
votes-opens-on = Opens { $at }
votes-closed-on = Closed { $at }
votes-posted-until = Posted until { $at }
votes-text = The motion in full
votes-options = There are always three options:
votes-choice = Choice
votes-choices = By choice
votes-choices-help = Percentages are of those taking part.
votes-choice-agree = Agree
votes-choice-against = Against
votes-choice-abstain = Abstain
votes-choice-spoiled = Spoiled
votes-heads = Heads
votes-area = Area (m²)
votes-unit-heads = heads
votes-unit-area = m²
votes-step-quorum = Taking part
votes-step-approval = Agreeing
votes-quorum-asks = Needs { $line }
votes-approval-asks = Needs { $line }
votes-quorum-heads = Taking part, heads
votes-quorum-area = Taking part, area
votes-approval-heads = Agreeing, heads
votes-approval-area = Agreeing, area
votes-bar-label = { $what } { $percent }, needs { $line }
votes-bar-plain = { $what } { $percent }
votes-heads-alone = Heads alone are counted; there is no line to reach
votes-least = { $line }: at least { $n } { $unit }
votes-met = met
votes-not-met = not met
votes-not-yet = not yet met

votes-now-noticed = Under notice
votes-now-noticed-when = Voting opens { $opens } and closes { $closes }.
votes-now-open = Voting is open
votes-now-open-until = Closes { $closes }. Phone and paper of one home are one ballot.
votes-now-closed = Voting has closed
votes-now-closed-help = The result is announced once the supervisors have checked and signed it.
votes-now-counted = The count is done
votes-now-counted-help = The supervisors have signed; it is to be announced.
votes-no-result-yet = Before the close only the turnout is told; nobody can see a result. It is announced here once it is counted and signed.
votes-has-moved = Something has changed in this vote.
votes-look-again = See it
votes-channel-online = { $n } online
votes-channel-paper = { $n } on paper
votes-waits-papers = Some papers that came in are not entered yet; the vote is opened and counted after that.
votes-waits-objections = An owner has objected to the roster; voting opens once that is answered.
votes-waits-corrected_version = The roster is to be corrected; voting opens once a new version is settled.
votes-waits-area_unknown = An area in the roster is not known; voting opens once it is.
votes-waits-area_negative = An area in the roster is wrong; voting opens once it is corrected.
votes-waits-unit_twice = A unit stands twice in the roster; voting opens once it is corrected.
votes-waits-voter_not_owner = A representative in the roster is no owner; voting opens once it is corrected.
votes-waits-no_area = The roster has no areas; voting opens once they are there.
votes-because = Because: { $why }
votes-never-opened = The window passed before the roster was settled; withdrawn by the platform.

votes-result = Result
votes-provisional = posted
votes-outcome-statutory-passed = Passed
votes-outcome-statutory-passed-help = Both steps are met, by heads and by area. It binds all owners (Civil Code art. 280); an owner whose rights it infringes may ask the court to annul it.
votes-outcome-statutory-rejected = Not passed
votes-outcome-statutory-rejected-help = Enough took part; those agreeing did not meet the line by heads or by area.
votes-outcome-advisory-passed = The legal share agrees (advisory)
votes-outcome-advisory-passed-help = Met by heads and by area, but this is advisory and no joint decision of the owners.
votes-outcome-advisory-rejected = Less than the legal share agrees (advisory)
votes-outcome-advisory-rejected-help = Enough took part; those agreeing did not meet the line by heads or by area. This is advisory and no joint decision of the owners.
votes-outcome-no_quorum = Too few took part: nothing is decided
votes-outcome-no_quorum-help = Less than two thirds took part, by heads or by area; however many agree, it does not count.
votes-outcome-invalid_roster = The roster has flaws: not counted
votes-outcome-invalid_roster-help = Something in the roster could not be settled; by the rules nothing is counted.
votes-outcome-poll = Result of the anonymous poll
votes-outcome-poll-help = Heads alone are counted; nothing passes or fails, and nothing is decided.
votes-left-out = What is not counted
votes-nothing-left-out = Every ballot received is counted, and none was spoiled.
votes-spoiled-excluded =
    { $heads ->
        [one] Spoiled: { $heads } head, { $area } m²; by the rules it does not take part.
       *[other] Spoiled: { $heads } heads, { $area } m²; by the rules they do not take part.
    }
votes-spoiled-participates =
    { $heads ->
        [one] Spoiled: { $heads } head, { $area } m²; by the rules it takes part and does not agree.
       *[other] Spoiled: { $heads } heads, { $area } m²; by the rules they take part and do not agree.
    }
votes-presumed-agree =
    { $heads ->
        [one] Not returned: { $heads } head, { $area } m²; by the rules it follows the majority and is among those agreeing above.
       *[other] Not returned: { $heads } heads, { $area } m²; by the rules they follow the majority and are among those agreeing above.
    }
votes-presumed-against =
    { $heads ->
        [one] Not returned: { $heads } head, { $area } m²; by the rules it follows the majority and is among those against above.
       *[other] Not returned: { $heads } heads, { $area } m²; by the rules they follow the majority and are among those against above.
    }
votes-presumed-abstain =
    { $heads ->
        [one] Not returned: { $heads } head, { $area } m²; by the rules it takes part and is among those abstaining above.
       *[other] Not returned: { $heads } heads, { $area } m²; by the rules they take part and are among those abstaining above.
    }
votes-rule-quoted = The rule: “{ $rule }”
votes-refused-unit_not_in_scope =
    { $n ->
        [one] { $n } paper ballot from outside this vote: not counted.
       *[other] { $n } paper ballots from outside this vote: not counted.
    }
votes-refused-after_close =
    { $n ->
        [one] { $n } paper ballot received after the close: not counted.
       *[other] { $n } paper ballots received after the close: not counted.
    }
votes-refused-not_owner =
    { $n ->
        [one] { $n } paper ballot not signed by an owner: not counted.
       *[other] { $n } paper ballots not signed by an owner: not counted.
    }
votes-refused-not_representative =
    { $n ->
        [one] { $n } paper ballot not signed by the representative: not counted.
       *[other] { $n } paper ballots not signed by the representative: not counted.
    }
votes-refused-no_written_authorisation =
    { $n ->
        [one] { $n } paper ballot without a written authorisation: not counted.
       *[other] { $n } paper ballots without a written authorisation: not counted.
    }
votes-refused-duplicate =
    { $n ->
        [one] { $n } paper ballot of a home that had voted: not counted.
       *[other] { $n } paper ballots of a home that had voted: not counted.
    }
votes-refused-unsigned =
    { $n ->
        [one] { $n } paper ballot unsigned: not counted.
       *[other] { $n } paper ballots unsigned: not counted.
    }
votes-refused-at-the-door = Tenants, people without a written authorisation, second and late ballots are refused as they come, with the reason, and never reach the box.
votes-recounting = An objection was upheld and the vote is being counted again; both counts are kept.
votes-recounted = The recount is done and waits to be announced; below is what was announced before.
votes-dispute-how = Posted until { $until }. Owners on the roster may object on the ballot's page; a supervisor answers each.
votes-annulled = Annulled: { $why } ({ $document })
votes-disputes = Objections and recounts
votes-dispute-waiting = Waiting for an answer
votes-dispute-dismissed = Objection dismissed
votes-dispute-recount = Objection upheld, counted again
votes-corrected = { $day }: a paper that was entered wrongly was put right, receipt { $before } is now { $after }. Because: { $why }
votes-rounds = Every count
votes-round = Count { $n }
votes-round-because = Counted again because: { $why }
votes-round-withheld = A paper was put right after this count. Its sums are told no more: their difference to the next count would be one household and its choice. The supervisors of the count can see them.
votes-beside = Force, course and rules
votes-course = Course
votes-station-noticed_at = Noticed
votes-station-opens_at = Opens
votes-station-closes_at = Closes
votes-station-extends_to = Noticed extension, at most to
votes-station-announced_at = Result announced
votes-station-posted_until = Posted until
votes-station-final_at = Final
votes-sure = Who watches, and how to check
votes-supervisors = Supervisors
votes-roll = Roster
votes-roll-sum =
    { $heads ->
        [one] { $heads } head, { $area } m² in all
       *[other] { $heads } heads, { $area } m² in all
    }
votes-roll-version = version { $version }
votes-signed = Signed
votes-signed-by =
    { $n ->
        [one] by { $n } supervisor
       *[other] by { $n } supervisors
    }
votes-prints = Fingerprints for checking
votes-roster-root = Roster
votes-motion-digest = Motion and rules
votes-digest = Document of the count
votes-receipts-root = List of receipts
votes-rules = By which rules
votes-policy-nonreturned-absent = Ballots not returned do not take part.
votes-policy-nonreturned-served_participates = Ballots served and not returned take part as abstaining, by the rules.
votes-policy-nonreturned-served_follows_majority = Ballots served and not returned follow the majority, by the rules.
votes-policy-spoiled-excluded = Spoiled ballots do not take part.
votes-policy-spoiled-participates = Spoiled ballots take part and do not agree.
votes-policy-parking-yes = Parking spaces count.
votes-policy-parking-no = Parking spaces do not count.
votes-policy-revote-reject = A ballot cannot be changed once cast.
votes-policy-revote-last = A ballot may be changed until the close; the last one counts.
votes-policy-paper-yes = Paper ballots are taken; two people enter each, and they must agree.
votes-policy-paper-no = There are no paper ballots.
votes-rules-sources = Figures of the rules, with their sources
votes-rules-reading = One unit is one head; several units of the same owners are one, and their areas add; what the developer has not handed over is one (Supreme People's Court, interpretation on unit ownership, art. 9).
votes-rule-notice_days = Notice
votes-rule-window_least_days = Voting, at least
votes-rule-window_most_days = Voting, at most
votes-rule-paper = Paper ballots
votes-rule-platform = Voting system
votes-rule-announce_days = Announced within
votes-rule-posting_days = Posted for
votes-rule-extension = Extension
votes-rule-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
votes-rule-unknown = no rule is known
votes-rule-yes = allowed
votes-rule-no = not allowed
votes-rule-paper-always = always
votes-rule-paper-on_request = on request
votes-rule-platform-own = this platform may be used
votes-rule-platform-city = the city's own system
votes-source-default-notice_days = Regulation on property management (2018) art. 14
votes-source-default-announce_days = default of this product
votes-source-default-posting_days = default of this product
votes-source-beijing-notice_days = Regulation on property management (2018) art. 14
votes-source-beijing-platform = Beijing regulation on property management: online votes run on the city's system
votes-source-beijing-announce_days = Beijing regulation on property management: posted within 3 days
votes-source-hangzhou-notice_days = Regulation on property management (2018) art. 14
votes-source-hangzhou-window_least_days = Hangzhou regulation on property management: 5 to 60 days
votes-source-hangzhou-window_most_days = Hangzhou regulation on property management: 5 to 60 days
votes-source-hangzhou-paper = Hangzhou regulation on property management: paper on request
votes-source-hangzhou-platform = Hangzhou regulation on property management: electronic votes run on the city's system
votes-source-qingyuan-notice_days = Regulation on property management (2018) art. 14
votes-source-qingyuan-platform = Qingyuan regulation: the authority's platform, with a check of identity
votes-source-qingyuan-posting_days = Qingyuan regulation art. 17: at least 15 days after an electronic vote

votes-check = Check a receipt
votes-check-at = Check receipts and get the list: { $address }
votes-check-code = Your receipt code
votes-check-code-help = Type or paste the 16 signs of your receipt; a phone's camera on its QR code opens this page by itself.
votes-check-go = Check
votes-check-file = Check a saved receipt
votes-check-file-help = Computed on this device: whether the choice in your receipt is the very ballot in the list. The file is not sent.
votes-check-pick = Choose the file
votes-say-counts = Found: your ballot is counted.
votes-say-counts-help = The list has this receipt code.
votes-say-slip = Found: this slip is in the list.
votes-say-slip-help = The list has its choice, and not whose it is.
votes-say-replaced = Found: this ballot was replaced or put right later.
votes-say-replaced-help = The last one counts; check with the last receipt.
votes-say-absent = The list does not have this receipt code.
votes-say-absent-help = First look whether it was typed right; if it is, keep the receipt and object while the result is posted.
votes-say-unclear = This does not look like a receipt code.
votes-say-unclear-help = A receipt code has 16 letters and digits in groups of four.
votes-say-early = It cannot be checked yet.
votes-say-early-help = The list is published after the close, once all papers are entered: before, it would tell who voted when.
votes-say-early-anonymous = The list is published together with the result.
votes-say-opens = The receipt adds up:
votes-say-opens-help = the choice and the random number you kept give exactly this ballot in the list.
votes-say-differs = The receipt does not add up.
votes-say-differs-help = What the file gives is not what the list has; ask at the residents' committee.
votes-say-stranger = This is no receipt of this vote.
votes-say-stranger-help = Choose the file you saved from this vote.
votes-say-shows = You chose:
votes-list = All receipts
votes-list-anonymous = All slips
votes-list-help = { $n } in all, sorted by code: no order of casting, no names, no homes, no choices.
votes-list-help-anonymous = { $n } in all, with their choices; no names, times or order.
votes-list-open = Open the list ({ $n })
votes-list-longer = The list is long and shown in part; the file has all of it.
votes-list-file = Download the list
votes-list-replaced = replaced
votes-tree-busy = Computing all receipts anew on this device…
votes-tree-same = Computed on this device: the fingerprint of the list is the same.
votes-tree-other = The fingerprint computed on this device is not the published one: keep the list and object.
votes-root-other = The fingerprint of the list is not the one that was signed: please object.
votes-protects = What it protects, and what not
votes-protects-areas = Areas are nearly unique: choices listed by home would be names. So each home's choice is open to the supervisors and on a lawful request only, and is not published.
votes-protects-code = With your receipt code others can see that this ballot is in the list, and not what you chose. A saved receipt file can prove how you voted: keep it to yourself.
votes-offline = Checking without a network
votes-offline-list = Download the list and compare it later with others' and with the one on the notice board.
votes-offline-leaf = Your own ballot: first SHA-256("b" + {"{"}choice, motion, nonce, unit{"}"}), then SHA-256(0x00 + {"{"}ballot, commitment, motion, unit{"}"}); braces are JSON with sorted keys and no spaces. Its first 80 bits in base32 are the code.
votes-offline-leaf-anonymous = Your own slip: SHA-256("slip" + {"{"}ballot, motion, nonce{"}"}); braces are JSON with sorted keys and no spaces. It is the name in the list.
votes-offline-tree = The list's fingerprint: two neighbours make SHA-256(0x01 + left + right), one left over moves up, until one remains.
votes-offline-tally = Whoever has the document of the count can recount it on any computer, and must get the announced figures:
votes-offline-file = document.json
votes-offline-who = The document holds each home's choice and is for the supervisors and on a lawful request only; its fingerprint, SHA-256 of its canonical form, stands on the result page.

votes-bundle = Download to keep
votes-bundle-help = Notice, sums, fingerprints and receipts of the whole vote, without names or any home's choice; checked without a network:
votes-bundle-file = vote.json
votes-offline-bundle = The whole vote: download the document to keep, and run this on any computer that has the program.
votes-big = Projector
votes-big-scan = Scan
votes-big-scan-vote = to vote and to read the notice
votes-big-scan-read = to read notice and result

votes-print = Print
votes-print-seen = This page holds names and is for the desk; each look at it is written down.
votes-print-ballots = Ballot papers
votes-print-roster = Roster of owners
votes-print-service = Service list
votes-print-tally = Tally sheet
votes-print-stamp = Printed { $at }, roster version { $version }, fingerprint
votes-print-units =
    { $n ->
        [one] { $n } unit
       *[other] { $n } units
    }
votes-print-roster-note = Units with one number of the count are one head.
votes-print-service-note = The owner signs on receipt; where a paper could not be handed over, write where and when it was posted.
votes-print-carrier = Served by:
votes-print-needs = Needed
votes-print-whole = All
votes-print-at-least = at least { $heads } heads, { $area } m² ({ $line })
votes-print-outcomes = □ passed　□ not passed　□ too few took part
votes-print-supervisor = Supervisor { $name }:
votes-print-marks = Ballot by ballot
votes-print-marks-note = Tick the column chosen; each line is one head and its area.
votes-print-remark = Remarks
votes-paper = Ballot paper
votes-paper-number = No.
votes-paper-whose = Home
votes-paper-owners = Owners
votes-paper-elected = Representative
votes-paper-weight = 1 head, { $area } m²
votes-paper-how = Tick one box. None, several or an unreadable mark is a spoiled ballot.
votes-paper-back = Return before { $closes }. Not needed if you voted online.
votes-paper-phone = Questions: { $phone }.
votes-paper-sign = Owner's signature:
votes-paper-proxy = Agent's signature (written authority attached):
votes-paper-day = Date:
votes-paper-scan = Scan for the notice
votes-col-number = Unit
votes-col-place = Home
votes-col-owners = Owners
votes-col-elected = Representative
votes-col-area = Area (m²)
votes-col-basis = Basis
votes-col-kind = Use
votes-col-head = Number of the count
votes-col-paper = No.
votes-col-way = How served, and proof
votes-col-day = Date
votes-col-signed = Received by owner
votes-col-by = Served by
votes-kind-residential = dwelling
votes-kind-shop = shop
votes-kind-parking = parking
votes-status-unsold = unsold
votes-status-sold_undelivered = sold, not handed over
votes-basis-registered = registered
votes-basis-surveyed = surveyed
votes-basis-contract = contract
