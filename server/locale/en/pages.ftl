# Home, the meeting's card, errors

pages-home = Home
pages-nav = Sections
pages-no-script = Taking part needs scripts; the words above can be read without.
pages-go-home = To the home page
pages-date = { $weekday }, { $day } { $month }
pages-date-year = { $weekday }, { $day } { $month } { $year }
pages-month-1 = January
pages-month-2 = February
pages-month-3 = March
pages-month-4 = April
pages-month-5 = May
pages-month-6 = June
pages-month-7 = July
pages-month-8 = August
pages-month-9 = September
pages-month-10 = October
pages-month-11 = November
pages-month-12 = December
pages-weekday-1 = Mon
pages-weekday-2 = Tue
pages-weekday-3 = Wed
pages-weekday-4 = Thu
pages-weekday-5 = Fri
pages-weekday-6 = Sat
pages-weekday-7 = Sun
pages-in-days = { $n ->
    [one] tomorrow
   *[other] in { $n } days
}
pages-today = today at { $at }
pages-about-to-begin = about to begin
pages-until = to { $at }
pages-collecting = Collecting questions
pages-doors-open = Doors are open, come in
pages-enter = Enter the live room
pages-ask-before = Ask a question beforehand
pages-calendar = Add to calendar
pages-look-first = Looking needs no login; asking and supporting asks who you are
pages-no-meeting = No council is planned at the moment
pages-no-meeting-more = The next one will be announced here.
pages-code = Enter with the meeting’s code
pages-code-where = Six digits: in the letter, on the poster, on the big screen
pages-code-digits = 6 digits
pages-code-go = Enter
pages-code-wrong = There is no such code; please check it.
pages-asked = Asked beforehand
pages-waiting = Questions in the queue
pages-asked-more = They queue like those asked on the spot, and each one is followed up.
pages-supporters = support
pages-all-asked = All questions
pages-last = The last council
pages-figure-watched = Watched
pages-figure-questions = Questions
pages-figure-answered = Answered
pages-figure-outcomes = Outcomes
pages-replay = Watch the replay
pages-promises = Being worked on
pages-past = Past councils
pages-meetings = Councils
pages-help = You can take part without a smartphone
pages-help-more = Come in person, let a volunteer ask for you, or call.
pages-guests = { $n ->
    [one] one guest will answer
   *[other] { $n } guests will answer
}
pages-join-hint = To ask, support or comment, tell us which household you are
pages-watch = Just watch
pages-look = Just look
pages-watch-hint = Watching and applauding needs nothing
pages-qr = Scan it, or type the code on the home page
pages-error-400 = This address is not right
pages-error-400-help = Please check the address or start from the home page.
pages-error-403 = This page is not open to you
pages-error-403-help = It may need the meeting’s code, a home in this estate, or the link the staff gave you. If you have a link, open it again.
pages-error-404 = This page was not found
pages-error-404-help = The meeting may not be announced yet, or the address has a mistake. You can type the six-digit code on the home page.
pages-error-429 = That was too fast
pages-error-429-help = Please wait a few seconds and reload.
pages-error-500 = Something went wrong
pages-error-500-help = Please try again soon; what you wrote is not lost.
