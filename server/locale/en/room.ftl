# The live room

room-stage = Live picture
room-watching = People watching
room-more = Messages and settings
room-halted = The picture pauses for a moment
room-paused = The council is paused
room-stream-offline = The picture will be here soon
room-stream-ended = The picture has stopped; the council goes on
room-stream-more = Questions and comments go on as usual
room-unrecorded = Not recorded
room-ended-title = The council has ended
room-ended-more = Thank you for taking part
room-cancelled = The council was cancelled
room-postponed = The council was postponed
room-not-yet = The council has not begun
room-starts-in = Begins in { $wait }
room-starts-soon = About to begin
room-over = The records are being prepared and will then be open to all.
room-over-soon = The records are being prepared and open on { $day }.
room-over-published = Replay, transcript, answers and outcomes are open to all.
room-to-archive = Replay and records
room-reconnecting = Poor connection, trying again. Nothing you wrote is lost.
room-polling = Limited network: messages are a few seconds late.
room-stale = There is a new version; reload when you have finished writing.

room-on-air = Being answered
room-number = No. { $n }
room-supporters = { $n ->
    [one] { $n } supporter
   *[other] { $n } supporters
}
room-plate = {" "}({ $words })
room-is-answering = {" "}is answering
room-asked-to = { $name } is asked to answer

room-tabs = Parts of the room
room-tab-questions = Questions
room-tab-comments = Talk
room-tab-agenda = Agenda
room-tab-polls = Polls

room-waiting = { $n } waiting
room-new-questions = { $n } new
room-most-supported = Most supported
room-newest = Newest
room-no-questions = No question is waiting: yours could be the first.
room-show-more = Show { $n } more
room-ended = { $n } dealt with
room-support = Support
room-supported = Supported
room-yours = Yours
room-merged-count = { $n } merged
room-asks-whom = To: { $who }
room-edited = edited in review
room-channel-on_behalf = asked for somebody
room-channel-phone = by telephone
room-channel-paper = on paper
room-channel-collected = collected before
room-fate-deferred = Written answer by { $day }
room-fate-converted = Referred { $slip }
room-fate-merged = Merged into no. { $n }
room-answer-written = in writing
room-answer-spoken = on the spot
room-corrected = corrected
room-cite = { $law }, { $article }

room-mine = Mine
room-mine-place = No. { $n } in queue
room-mine-merged = Merged into no. { $n }
room-open = Open
room-fold = Close
room-step-received = Received
room-step-passed = Passed
room-step-queued = Queued
room-step-answer = Answer
room-asked-at = Sent { $at }
room-was-edited = What you wrote: { $text }
room-returned-because = Not published: { $reason }.
room-rewrite = Rewrite
room-appeal = Appeal
room-appeal-why = Say why; another moderator will look at it
room-appeal-send = Send the appeal
room-appeal-sent = Appeal received; another moderator will look at it.
room-appealed = Appealed, waiting for a second look.
room-withdraw = Withdraw it
room-withdrawn = Withdrawn.

room-ask = Ask a question

room-poll = Straw poll
room-poll-left = closes in
room-poll-go = Choose
room-poll-change = Chosen · view
room-poll-open = open

room-applause = Applause { $n }

room-join = Take part
room-join-why-ask = To ask, first say which household you are. Watching needs nothing.
room-join-why-support = To support, first say which household you are: everybody counts once.
room-join-why-comment = To comment, first say which household you are.
room-join-why-poll = To answer, first say which household you are.
