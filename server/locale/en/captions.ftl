# The scribe's console: what is said becomes captions

captions-title = Captions
captions-written = Captions written so far
captions-empty = No captions yet. Write what you hear.
captions-stream-offline = No picture
captions-stream-live = Picture on
captions-stream-interrupted = Picture interrupted
captions-stream-held = Picture covered
captions-stream-ended = Picture ended
captions-held = The picture is covered: residents see what you type now, but it stays out of the public record.
captions-shut = You may not write captions for this meeting. Please come in again by your link.
captions-away = The line is down. Go on typing: your lines are sent when it is back, with the right times.
captions-soon = The meeting has not begun. Captions are written here once it has.
captions-over = The meeting is over. The lines above can still be put right.

captions-who = Who speaks
captions-nobody = No name
captions-someone = Somebody else…
captions-somebody = so-and-so
captions-name = Name of the speaker
captions-add = Add
captions-line = Caption, one sentence at a time
captions-place = Write what you hear, Enter sends
captions-help = In an empty line 1–9 choose the speaker (Alt+digit at any time), F2–F10 put phrases in, ↑ mends the last line. To begin with a digit, type a space first.
captions-long = This line is long: send it with Enter and go on.
captions-fix = Mend
captions-mend = Mend this line; Enter saves, Esc leaves it
captions-mend-line = Mend: { $text }
captions-mended = mended
captions-heard = recognised
captions-accept = Right
captions-accept-line = Right: { $text }
captions-guess = Being recognised:
captions-other = Somebody else is typing ({ $name }):

captions-phrases = Phrases
captions-phrases-how = One a line; the first eight have keys F2–F10. @ becomes the name of who speaks. Kept in this browser only.
captions-phrase-1 = Good evening, everybody.
captions-phrase-2 = @, please answer.
captions-phrase-3 = Welcome, @.
captions-phrase-4 = Civil Code, Article 278
captions-phrase-5 = Civil Code, Article 281
captions-phrase-6 = owners of more than two thirds of the exclusive area
captions-phrase-7 = (applause)
captions-phrase-8 = (inaudible)

captions-where = Where you listen
captions-hall = In the hall
captions-live = To the live stream
captions-hall-note = A caption has the time at which you began to type.
captions-live-note = The stream is about { $n } seconds late; captions are set back by as much.
captions-no-picture = Once the picture is on, scribes elsewhere can listen here.
