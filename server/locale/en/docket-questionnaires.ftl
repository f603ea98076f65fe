# The tab of questionnaires at the docket's desk

asking-new = Draft a questionnaire
asking-none = There is no questionnaire yet. Before a council each household on the roster may be asked once.
asking-state-draft = Draft
asking-state-open = Open
asking-state-counting = Closed, being counted
asking-state-counted = Counted
asking-state-withdrawn = Withdrawn
asking-texts-waiting =
    { $n ->
        [one] { $n } text to read
       *[other] { $n } texts to read
    }
asking-until = until { $at }
asking-questions =
    { $n ->
        [one] { $n } question
       *[other] { $n } questions
    }
asking-comma = ,{" "}
asking-about = What is asked, and why
asking-title = Title
asking-text = What it is for (households read this first)
asking-question = Question { $n }
asking-question-text = Question
asking-kind = Type
asking-kind-single = Choose one
asking-kind-multiple = Choose several
asking-kind-scale = A mark
asking-kind-number = A number
asking-kind-text = Own words
asking-kind-text-is = Up to 300 characters a household. Each is read here before it is shown.
asking-most-multiple = How many at most
asking-most-multiple-hint = any number
asking-most-scale = Steps (3 to 10)
asking-most-scale-hint = 5
asking-options = Options, one a line (2 to 12)
asking-low = Name of the lowest step
asking-high = Name of the highest step
asking-unit = Unit
asking-least = Smallest
asking-upto = Largest
asking-needed = Needed
asking-up = Up
asking-down = Down
asking-remove = Remove
asking-add = Add a question
asking-frozen = Once it is open, questions, options and roster do not change any more.
asking-save = Save the draft
asking-wrong-question = Question { $n } does not fit: it needs a text, 2 to 12 different options, 3 to 10 steps.
asking-edit = Change the draft
asking-open = Open the questionnaire
asking-open-to = To every household on version { $version } of the roster of { $estate }; parking spaces and homes not handed over are none.
asking-closes = Closes
asking-closes-hour = Hour of the close
asking-open-do = Open
asking-opened = The questionnaire is open
asking-past = The close has to lie ahead.
asking-no-roster = This estate has no frozen roster yet: freeze it first.
asking-channels = { $online } by phone, { $paper } on paper
asking-roster = roster version { $version }
asking-no-sums = Before the close nobody sees an answer or a sum; only how many households have answered.
asking-page = The page households see
asking-withdraw = Withdraw the questionnaire
asking-withdraw-is = Nothing more is taken, and what came is neither counted nor shown. The reason is public.
asking-withdrawn = Withdrawn
asking-reason = Reason
asking-no-reason = Please give the reason.
asking-paper = On paper
asking-paper-enter = Enter a form
asking-paper-is = One for each household: what was answered by phone or entered is not taken again. Who entered it is kept; the answers are not to be seen here either.
asking-paper-save = Enter
asking-unit-of = Home
asking-number = Number of the form
asking-entered = { $unit } is entered
asking-discard = Wrong: take it back
asking-discarded = Taken back; enter it anew
asking-discarded-is = taken back: { $why }
asking-left = Not answered yet: { $n }
asking-left-is = Whether, never what; each look is written down.
asking-texts = What households wrote
asking-texts-is = Nobody knows who wrote it, and the order says nothing. Telephones and rooms are covered. Insults stay out; criticism should be shown. They go to the meeting once all are read.
asking-texts-shown = Shown
asking-texts-held = Not shown
asking-texts-none = Nothing here.
asking-texts-more = More ({ $n } left)
asking-text-show = Show
asking-text-hold = Do not show
asking-carry = To the council
asking-carry-is = Once counted, the results stand at this item of the meeting, on the projector and in the archive. It may be chosen now.
asking-carry-meeting = Which meeting
asking-carry-item = Which item
asking-carry-do = Take it to this item
asking-carry-done = Chosen
asking-carry-none = There is no meeting that is not over.
asking-carry-some = A meeting
asking-carried-waiting = sent once counted
asking-carried-brought = there
asking-carried-wrong-state = not there: the meeting is over
asking-carried-not-found = not there: no such meeting or item
asking-carried-refused = not there
