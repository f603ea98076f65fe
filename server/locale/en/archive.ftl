# The archive of a council that is over, and its downloads

archive-title = Replay · { $title }
archive-nav = Sections
archive-home = Home
archive-in-chinese = 中文
archive-parts = Parts of this archive
archive-replay = Recording
archive-no-recording = There is no recording of this meeting; what was said can be read below.
archive-recording-soon = The sample recording is being made: open this page again in a few minutes. What was said can be read now.
archive-chapters = Chapters
archive-captions = Captions
archive-transcript = Transcript
archive-follow = Follow the recording
archive-find = Find words
archive-find-label = Find in the transcript, questions and answers
archive-find-button = Find
archive-find-all = Show all
archive-found = { $n ->
    [one] Found once.
   *[other] Found { $n } times.
}
archive-nothing-found = Nothing found. Try a shorter word.
archive-no-transcript = There is no transcript.
archive-corrected = caption corrected
archive-play-at = Play from { $at }
archive-copy = Copy a link to this moment
archive-copied = Copied. The link plays from { $at }.
archive-copy-failed = Could not copy. The link is: { $url }

archive-from-to = { $start } to { $end }
archive-host = Host: { $name }
archive-convener = Convened by
archive-parties = Taking part
archive-attending = Attending
archive-notice = Notice
archive-comma = ,{" "}
archive-stop = .{" "}
archive-help = Help { $phone }

archive-answers = Questions
archive-no-questions = No question was made public at this meeting.
archive-number = No. { $n }
archive-supports = { $n ->
    [one] 1 supporter
   *[other] { $n } supporters
}
archive-merged = { $n } merged
archive-merged-number = No. { $n }, merged
archive-asked-by = { $name } · { $kind }
archive-watch = Watch { $at }
archive-written-on = Written { $day }
archive-answer-corrected = corrected
archive-heard = From the transcript
archive-only-picture = Answered by word of mouth: see the recording.
archive-cites = Cites
archive-law = { $law }, { $article }
archive-owed = Written answer
archive-owed-by = by { $day }
archive-slip = Referral slip
archive-put-off = (first promised for { $day })
archive-late = Overdue
archive-result = What became of it
archive-result-told = Told on { $day }
archive-result-tell = Tell what became of it
archive-result-hint = The asker is told at once; it is public here and in the downloads, personal data covered. Telling it again corrects it.
archive-result-words = What was done
archive-result-do = Tell it
archive-result-done = Told; the asker has it.
archive-result-none = Being dealt with; the result will be told here.
archive-all-answers = Show all { $n } questions

archive-outcomes = Outcomes
archive-outcomes-help = { $n ->
    [one] One thing
   *[other] { $n } things
} settled at the meeting: who does it, and by when. What all owners must decide together is put to a vote of its own.
archive-no-outcomes = No outcome has been written down yet.
archive-from-question = from question no. { $n }
archive-reservation = { $name } has a reservation: { $text }
archive-until = By { $day }
archive-version = Version { $n }; earlier words stay in the record

archive-polls = Polls
archive-no-polls = No poll was held at this meeting.
archive-chose-person = { $n ->
    [one] 1 person chose
   *[other] { $n } people chose
}
archive-chose-household = { $n ->
    [one] 1 household chose
   *[other] { $n } households chose
}

archive-material = Papers
archive-course = Course of the meeting
archive-laws = Articles cited in answers

archive-figures = Figures
archive-figures-help = Each figure says how it is counted and can be counted again from the downloads.
archive-minutes = { $n } min
archive-figure-viewers = viewers
archive-figure-peak = most at once
archive-figure-applause = applause
archive-figure-questions = questions
archive-figure-supports = supports
archive-figure-answers = answers
archive-figure-comments = comments
archive-figure-polls = polls
archive-figure-outcomes = outcomes
archive-figure-captions = captions
archive-figure-length = length
archive-figure-without_picture = without picture
archive-means-viewers = Phones and computers that opened the live page, each counted once; people in the hall are not among them.
archive-means-peak = Counted every 10 seconds; the largest count.
archive-means-applause = Taps, not people, and not agreement.
archive-means-questions = All that came in, those not made public too.
archive-means-supports = Once a person for each question; what was taken back does not count. Merged questions count together, still once a person.
archive-means-answers = Spoken and written, one for each person and time.
archive-means-comments = All that came in, those removed too.
archive-means-polls = Polls that were opened; the last answer of each person (or household) counts.
archive-means-outcomes = All that were written down; a change is not counted again.
archive-means-captions = Lines of the captions.
archive-means-length = From the opening to the end, to the nearest minute.
archive-means-without_picture = Time in which the picture was broken off, held back or paused; overlaps count once.
archive-part-questions-pending_review = { $n } not reviewed
archive-part-questions-queued = { $n } waiting
archive-part-questions-on_air = { $n } being answered
archive-part-questions-answered = { $n } answered
archive-part-questions-answered_written = { $n } answered in writing
archive-part-questions-deferred = { $n } to be answered in writing
archive-part-questions-merged = { $n } merged
archive-part-questions-converted = { $n } referred
archive-part-questions-hidden = { $n } handed back
archive-part-questions-rejected = { $n } not published
archive-part-questions-withdrawn = { $n } withdrawn
archive-part-questions-appealed = { $n } under appeal
archive-part-answers-spoken = { $n } spoken
archive-part-answers-written = { $n } written
archive-part-comments-visible = { $n } public
archive-part-comments-removed = { $n } removed
archive-part-comments-deleted = { $n } deleted by their authors
archive-part-comments-waiting = { $n } not reviewed
archive-part-polls-answers = { $n } answers
archive-part-outcomes-consensus = { $n } consensus
archive-part-outcomes-resolution = { $n } resolutions
archive-part-outcomes-commitment = { $n } commitments
archive-part-outcomes-suggestion = { $n } suggestions
archive-part-outcomes-explanation = { $n } explanations
archive-part-outcomes-referral = { $n } referrals
archive-part-captions-corrected = { $n } corrected

archive-cuts = Spans without public picture
archive-cut-interrupted = Picture broken off
archive-cut-held = Picture held back
archive-cut-paused = Meeting paused
archive-cut-unrecorded = Shown live, not recorded

archive-downloads = Downloads
archive-table-questions = Questions
archive-table-answers = Answers
archive-table-comments = Comments
archive-table-polls = Polls
archive-table-findings = What households answered
archive-table-outcomes = Outcomes
archive-table-transcript = Transcript
archive-table-statistics = Figures
archive-table-ledger = Moderation ledger
archive-table-acts = Lines of the record
archive-everything = Everything
archive-print = Print these minutes
archive-changes = Corrections
archive-changes-captions = { $n ->
    [one] One caption was corrected.
   *[other] { $n } captions were corrected.
}
archive-changes-help = A correction adds and never overwrites: the first words stay in the record.

archive-staff-only = Only staff see this page. Residents are told it is being prepared and expected on { $day }.
archive-preparing = The meeting is over. Its recording and record are being prepared and are expected on { $day }.
archive-preparing-help = They will be at this same address.
archive-not-yet = This meeting is not over yet. Once it is and has been prepared, you can watch it here.
archive-to-meeting = To the meeting

archive-veil-card = This part is masked
archive-masked = Masked passages
archive-masked-version = Recording, version { $n }
archive-masked-help = Masked after the meeting, for personal data and the like; everything else is unchanged.
archive-masked-span = { $start } to { $end }
archive-masks-sound = Sound
archive-masks-picture = Picture
archive-masks-both = Picture and sound
archive-veil = Mask a passage of the recording
archive-veil-help = Play to where it begins and press “Use this moment”. Whole seconds are taken on both sides, less than a second too much. What residents watch, download and read as captions becomes the new version at once; the passage and the reason are public. The original is kept sealed and can be restored.
archive-veil-from = From
archive-veil-to = To
archive-veil-now = Use this moment
archive-veil-what = What to mask
archive-veil-reason = Reason (public)
archive-veil-reason-hint = For example: a resident's telephone was read out. Do not repeat what is to be masked.
archive-veil-words-stay = With the sound, the captions of the passage are taken back. If a written answer says the same, correct it at the answer desk.
archive-veil-do = Mask
archive-veil-lift = Restore this passage
archive-veil-lift-sure = Press again to restore { $start } to { $end }
archive-veil-unclear = Write minutes:seconds, such as 12:05, the beginning before the end.
archive-veil-done = Masked. Opening the new version.
archive-veil-lifted = Restored. Opening the new version.

archive-sound-only = Sound of the recording
archive-film-number = Part { $n }
archive-film-size = about { $n } MB
archive-film-making = Being made, { $percent }%
archive-film-ready = Made. The download begins.
archive-film-failed = Could not be made: { $why }
archive-film-several = The picture changed its size during the meeting: the recording is { $n } files.
