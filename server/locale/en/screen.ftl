# The projector

screen-on-air = Being answered
screen-number = No. { $number }
screen-supporters = { $n } supporters
screen-cited = Cited: { $cites }
screen-and = ,{" "}
screen-next = Next
screen-agenda = Agenda
screen-captions = Live captions
screen-watching = watching
screen-lost = Connecting again…
screen-shut = The projector’s link has ended, please use a new one
screen-join = Take part
screen-qr = QR code to take part
screen-scan = Scan to join
screen-scan-for = Ask · poll
screen-code = Meeting code
screen-poll = Straw poll
screen-poll-note = Not an owners’ vote
screen-poll-closed = Result of the poll
screen-poll-left = Left
screen-poll-chosen = have chosen
screen-poll-voters = { $n } have chosen
screen-poll-households = { $n } households have chosen
screen-welcome = Welcome
screen-soon = About to begin
screen-in = Begins at { $time }, in { $span }
screen-at = Begins { $when }
screen-break = A short break
screen-break-note = Questions can still be sent
screen-over = The meeting is over, thank you
screen-over-note = Open questions will be answered in writing; scan to follow
screen-over-publish = Replay and minutes on { $day }

screen-picture-interrupted = Online picture interrupted
screen-picture-held = Online picture covered
screen-picture-unrecorded = Live, not recorded
