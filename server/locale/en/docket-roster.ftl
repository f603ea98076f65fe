# The owners' roster: publication, correction, freezing, one's own line and its proof

docket-roster-title = Owners’ roster

## The owner's page

roster-page-published = Roster for correction
roster-page-frozen = Roster frozen
roster-page-reconnecting = The line is unsteady; connecting again…
roster-page-lead = Published until { $until }. Please check the names and the area of your own home, and say before then what is wrong.
roster-page-lead-frozen = Version { $version }, frozen { $at }. The publication was taken down: now each owner sees their own line alone.
roster-page-again = Try again
roster-sum-units = Units that count
roster-sum-heads = Owners (heads)
roster-sum-area = Exclusive area (m²)
roster-own = Yours: { $unit }
roster-owners = Owners
roster-area = Exclusive area
roster-no-area = The area is not settled
roster-basis-registered = as registered
roster-basis-surveyed = as measured
roster-basis-contract = by the contract of sale
roster-voter = Elected to vote
roster-no-voter = Nobody was elected: whoever votes first speaks
roster-status = Handed over
roster-status-unsold = Unsold: the developer votes
roster-status-sold_undelivered = Sold, not handed over: the developer votes
roster-kind = Use
roster-kind-parking = Parking: counts neither as area nor as a head
roster-comma = { ", " }
roster-locked = The roster is for proved owners of this estate
roster-locked-frozen = Once frozen, owners see their own line alone
roster-locked-desk = Your home is not on this roster, or not proved
roster-locked-why = Please add your home with the code of the letter, or come to the counter. The name has to be that of the title deed.
roster-objections = Corrections
roster-objections-none = You have not asked for any.
roster-objection-waiting = Waits for an answer
roster-objection-accepted = Accepted
roster-objection-dismissed = Not accepted
roster-answer = Answer:{ " " }
roster-object = Ask for a correction
roster-object-this = This is wrong
roster-object-short = Wrong
roster-object-about = { $unit } is wrong
roster-object-unit = About which unit
roster-object-whole = The whole roster
roster-object-text = What is wrong, and what it should be
roster-object-hint = For example: the title deed says 89.36, here it says 98.36
roster-object-no-words = Please write what is wrong.
roster-object-send = Send
roster-object-sent = Received; the answer will stand here.
roster-sending = Sending…
roster-units = All units
roster-find = Find by number
roster-find-hint = for example 3-1-501
roster-found = { $n } { $n ->
    [one] unit
   *[other] units
}
roster-owner-hidden = name not published
roster-more = Show more
roster-proof-right = Your line is in the frozen roster
roster-proof-wrong = It does not fit: tell a supervisor at once
roster-proof-right-how = This phone has just counted it out: your line leads, step by step, to the same root that everybody sees. If somebody changes the roster, it will no longer fit.
roster-proof-wrong-how = Your line does not lead to the published root. Please take a picture of this screen and tell a supervisor and the community.
roster-proof-save = Keep the proof
roster-what = Where this roster comes from
roster-what-1 = The community made it from the register, from measurements and from contracts, and publishes it to the owners of this estate for correction; without phones, remarks and names of minors, not for search engines, and taken down once frozen.
roster-what-2 = When it is frozen every unit goes into one root, a string that gives any change away. Once a vote has opened the roster cannot change; before that an accepted correction makes a new version.
roster-root = Root of version { $version }
roster-phone = Questions? Call { $phone }

## The desk: rosters

roster-desk-none = No estate of this community keeps a roster of owners yet.
roster-desk-import = Import a roster
roster-desk-import-again = Another roster file
roster-desk-not-yet = No roster was published yet. Import one in the administration, then publish it for correction.
roster-desk-office = The community's secretary or administrator publishes and freezes.
roster-desk-state-published = Published
roster-desk-state-frozen = Frozen
roster-desk-until = Published until { $until }
roster-desk-over = The term is over
roster-desk-sums =
    { $units ->
        [one] { $units } unit
       *[other] { $units } units
    } · { $heads ->
        [one] { $heads } head
       *[other] { $heads } heads
    } · { $area } m²
roster-desk-page = The page owners see
roster-desk-publish = Publish the roster
roster-desk-publish-new = Publish a new roster
roster-desk-publish-help = What is published is the roster as imported now. Proved owners of this estate alone can read it; of names only the first character stands.
roster-desk-publish-until = Published until (that day included)
roster-desk-publish-past = Please choose a day after today.
roster-desk-published = Published: owners can check it now.
roster-desk-freeze = Freeze (version { $version })
roster-desk-freeze-sure = Freezing takes the publication down; only an accepted correction makes a new version. Freeze it?
roster-desk-early = It can be frozen once the term is over; until then owners may ask for corrections.
roster-desk-frozen = Frozen.
roster-desk-waiting = { $n } { $n ->
    [one] correction waits
   *[other] corrections wait
} for an answer; the roster can be frozen after that.
roster-desk-again = A correction was accepted: mend the roster file, import it anew, then freeze the next version.
roster-desk-versions = Frozen versions
roster-desk-version = Version { $version }
roster-desk-objections = Corrections
roster-desk-objections-none = Nobody asked for any.
roster-desk-answer = Answer
roster-desk-answer-words = The answer (the owner will read it)
roster-desk-accept = Accept
roster-desk-dismiss = Do not accept
roster-desk-answered = Answered.
roster-desk-enter = Write one down for an owner
roster-desk-enter-unit = Unit (empty: the whole roster)
roster-desk-enter-text = What is wrong
roster-desk-entered = Written down.
roster-desk-older = Earlier rosters ({ $n })
roster-desk-no-words = Please say it before sending.
roster-sure = Yes

## The counter: whose flat it is

roster-door = Waiting for a check
roster-door-how = Who has no code says the flat on the phone and comes with a paper. Look at the paper, then press “Check”.
roster-door-again = Look again
roster-door-prove = Check
roster-door-prove-of = Check { $name }
roster-door-done = Checked: { $name }, { $unit }.
roster-door-none = Nobody waits.
