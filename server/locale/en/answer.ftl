# The answerer's console

answer-title = Answers
answer-shut = You may not answer in this meeting, or your link has ended. Ask the secretary for a new one.
answer-link-connecting = Connecting…
answer-link-reconnecting = The connection broke; trying again. What you wrote is kept.
answer-link-polling = The connection is weak; the page is brought up to date every few seconds.
answer-here = On this page
answer-now = The question on screen
answer-you = For you
answer-on-air = Being answered
answer-number = No. { $number }
answer-supporters = { $n } supporters
answer-suggested = suggested { $time }
answer-used = { $percent }% of the suggested time used
answer-wants = for: { $role }
answer-merged = { $n } like questions merged
answer-wait = No question on stage
answer-wait-note = The question shows here when the host calls it.

answer-speaking = You are answering
answer-start = I answer
answer-start-how = record it as mine
answer-start-after = after { $name }
answer-stop = Done
answer-stop-how = stop the clock
answer-finish = End this question
answer-write = In writing
answer-write-how = write now
answer-promise = I promise
answer-promise-how = the host adds it to the ledger
answer-advise = I advise
answer-advise-how = in words
answer-law-note = General explanation of the law, no advice on a single case
answer-note = Your answer goes into captions and archive; say what it rests on

answer-law = Cite an article
answer-law-where = to projector and archive
answer-law-first = After “I answer” articles and the gist can be added here.
answer-laws = 民法典|物业管理条例|业主大会和业主委员会指导规则|消防法|住宅专项维修资金管理办法
answer-numerals = 零一二三四五六七八九十百千
answer-article = 第{ $numeral }条
answer-article-begins = 第
answer-cite = Cite
answer-cite-add = Add
answer-cite-place = such as: 民法典 278
answer-cite-wrong = Write the law and the article, such as: 民法典 278
answer-cite-less = Remove: { $cite }
answer-cite-words = According to { $cites }.
answer-cites = Articles it rests on
answer-clear = Clear
answer-and = ,{" "}
answer-gist = Add the gist of your answer
answer-gist-mend = Change the gist
answer-gist-short = Add gist
answer-no-words = Recorded, no words yet

answer-next = Next
answer-next-three = The next three
answer-next-empty = Nothing is queueing
answer-for-you = for you
answer-memo = Notes
answer-memo-mine = My notes
answer-memo-kept = Kept on this device, for your eyes only
answer-memo-place = Points to make
answer-due = Writing
answer-due-all = Written answers due
answer-due-count = { $n } due
answer-due-by = by { $day },{" "}
answer-due-left = { $n ->
    [one] { $n } day left
   *[other] { $n } days left
}
answer-due-late = overdue
answer-due-empty = Nothing to write
answer-nobody = nobody named
answer-go-write = Write
answer-given = My answers
answer-mend = Correct

answer-write-title = Answer in writing
answer-write-text = Answer
answer-write-note = Public at once, under your name and badge; later changes are marked as corrections.
answer-write-do = Submit the answer
answer-advise-title = My advice
answer-advise-text = Advice
answer-advise-note = Published as your advice; whether it becomes an outcome is the host’s decision.
answer-advise-do = Submit the advice
answer-promise-title = My promise
answer-promise-text = What
answer-promise-until = Until when
answer-promise-words = I promise: { $what } (until { $day })
answer-promise-note = This is published at once as your answer. It is followed on the ledger once the host has confirmed it.
answer-promise-do = Publish the promise
answer-mend-title = Gist of the answer
answer-mend-text = Gist
answer-mend-note = The archive keeps the first words and marks the correction.
answer-mend-do = Save
answer-draft-kept = The draft is kept on this device
answer-told-write = Your answer is public
answer-told-advise = Your advice is public
answer-told-promise = Your promise is public; ask the host to put it on the ledger
answer-told-mended = Saved
answer-stage = Go on stage

answer-picture-interrupted = The line of the hall broke, it is being mended. Residents online do not hear you now: please wait, or write.
answer-picture-held = Picture and sound are covered: residents online neither see nor hear you. Please stop and follow the host.
answer-picture-unrecorded = Not recorded: the live picture is fine, the disk takes nothing. Please also write down what matters.
