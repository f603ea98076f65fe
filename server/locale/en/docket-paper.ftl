# Ballot papers, letters of authority, service: the desk of owners' votes

paper-motion = Which motion
paper-motion-choose = Choose a motion
paper-none-open = No vote is open now; papers are entered once one is.
paper-desk-only = Papers, letters and service are the work of the secretary and the grid keepers.
paper-try-again = Try again
paper-comma = { ", " }
paper-doings = What to do
paper-do-enter = First entry
paper-do-again = Second entry
paper-do-list = All papers
paper-do-slips = Print receipts
paper-enter-how = By keyboard alone: number, Enter; unit, Enter; 1 to 4 for the mark, Enter saves. Where the number is that of the unit, the unit need not be typed. Once saved, the mark is shown no more.
paper-number = Paper number
paper-unit = Unit
paper-head = { $area } m² in all, one owner’s one vote
paper-returned-online = voted by phone
paper-returned-paper = voted on paper
paper-signer = Who signed
paper-signer-one = Signed by { $name }
paper-signer-agent = { $name } (for { $of })
paper-signer-guardian = { $name } (guardian of { $of })
paper-mark = What the paper says
paper-mark-agree = Agree
paper-mark-against = Against
paper-mark-abstain = Abstain
paper-mark-spoiled = Spoiled
paper-no-number = Please type the number of the paper.
paper-no-unit = This vote has no unit “{ $unit }”: please check the number.
paper-no-signer = Please choose who signed.
paper-no-mark = Please press 1 to 4 for what the paper says.
paper-save = Save, next paper
paper-clear = Clear
paper-taken-n = { $n } entered now
paper-mine = Yours, waiting for somebody else’s second entry ({ $n })
paper-take-back = Take back
paper-take-back-of = Take back { $number }
paper-taken-back = { $number } was taken back and may be entered anew.
paper-slip-of-hand = entered wrongly
paper-again-how = With the paper in hand, enter it once more by yourself: number, Enter (empty: the next one); 1 to 4, Enter. It becomes a ballot only where both agree; nobody sees what the first entry says.
paper-again-own = The { $n } papers that wait are your own entries: somebody else has to enter them again.
paper-again-empty = No paper waits for a second entry.
paper-again-next = Next: { $number } ({ $n } left)
paper-again-none = No paper “{ $number }” waits for you: it was not entered yet, or by yourself.
paper-again-unit = unit { $unit }
paper-again-save = Save
paper-again-wrong = Number or unit differ from the paper
paper-again-reason = What differs
paper-again-refuse = Send back
paper-again-done = Just entered
paper-state-entered = waits for the second entry
paper-state-confirmed = counts
paper-state-differs = the two entries differ
paper-state-discarded = taken back
paper-differs-n = { $n } { $n ->
    [one] paper was
   *[other] papers were
} read differently by the two: { $numbers }. Look at the paper together, then enter it anew.
paper-differs-how = Neither entry stands. Look at the paper together, then begin anew with the first entry.
paper-anew = Enter anew
paper-anew-of = Enter anew: { $number }
paper-void = Void, not entered again
paper-state-anew = to be entered anew
paper-anew-how = The count waits until this paper is entered anew or is void. Number and unit may be put right; it keeps the time it came in.
paper-anew-instead = In place of { $number }, { $unit }.
paper-after-close = The vote has closed: a paper that came in time is not lost. Say what becomes of it.
paper-closed-how = The vote is closed and takes no new paper. One that came in time and has to be entered anew: press “Enter anew” among all papers. One that came after the close is written down below as not counting.
paper-voided = { $number } is void.
paper-mended-lapsed = not agreed in that recount, nothing changed
paper-find = Find by number or unit
paper-find-unit = Find by unit or name
paper-none = No paper was entered yet.
paper-more = Show more
paper-slips-how = A receipt is for the owner who voted on paper: its code shows that the ballot counts. It does not say what was chosen.
paper-slips-none = No paper has both its entries yet: there is no receipt to print.
paper-slips-print = Print { $n } { $n ->
    [one] receipt
   *[other] receipts
}
paper-slip-title = Receipt of a ballot paper
paper-slip-at = Received
paper-slip-qr = QR of the receipt
paper-slip-check = After the close this code shows, at the address below, that your ballot counts. It does not say what you chose; to compare the paper, ask the supervisors named in the notice.

## Papers that do not count, and what a recount puts right

paper-do-mend = Put a paper right
paper-refuse = This paper does not count?
paper-refuse-how = Type number and unit, choose the reason, write it down. How many of each reason there are is told with the result; what a paper says is not written down.
paper-refuse-why = Why it does not count
paper-refuse-choose = Choose the reason
paper-refuse-save = Does not count
paper-refused-done = { $number } was written down as not counting.
paper-refused-unsigned = not signed
paper-refused-duplicate = this head has voted
paper-refused-after_close = came after the close
paper-refused-unit_not_in_scope = not in the scope
paper-refused-not_owner = signed by no owner
paper-refused-not_representative = signed by another than the elected
paper-refused-no_written_authorisation = no written authority
paper-state-refused = does not count
paper-state-replaced = entered anew
paper-state-corrected = put right; as it was entered
paper-mend-how = What a recount finds entered wrongly is put right from the paper: one says why and enters it, another enters it again; it changes only where both agree. What stood before is kept.
paper-mend-reason = What was wrong
paper-mend-save = First entry of the correction
paper-mend-done = Entered; somebody else has to enter it again.
paper-mend-again = Corrections entered
paper-mend-own = waits for somebody else
paper-mend-confirm = Second entry
paper-mend-none = No paper “{ $number }” counts.
paper-mended-entered = waits for the second entry
paper-mended-confirmed = put right
paper-mended-differs = the two differ, nothing changed

## Service

paper-service = Service list
paper-service-none = No motion is under notice or open now.
paper-service-how = Write down how the ballot paper reached each unit: the way stays, type the unit, Enter.
paper-served-n = { $n } of { $of } units served
paper-print-service = Print the service list
paper-print-ballots = Print ballot papers
paper-served-how = How, and what proves it
paper-served-hand = handed over, signed for
paper-served-box = into the letter-box, photographed
paper-served-post = registered post
paper-served-door = put up at the door before two witnesses
paper-served-save = Served
paper-served-save-of = Served: { $unit }
paper-served-no-proof = Please say how it was served.
paper-served-only = Only those not served
paper-served = served

## Letters of authority

paper-proxies-none-open = No motion is under notice or open now.
paper-proxies = Letters ({ $n })
paper-proxies-none = No letter was written down yet.
paper-proxy-new = Write a letter down
paper-proxy-principal = Given by (owner)
paper-proxy-choose = Choose the owner
paper-proxy-unit-first = Type the unit first
paper-proxy-name = Name of the agent
paper-proxy-authority = Which kind
paper-proxy-kind-proxy = Letter of authority
paper-proxy-kind-guardian = Guardian
paper-proxy-letter = Where the paper lies
paper-proxy-letter-hint = for example: original, box 3 no. 12
paper-proxy-until = Valid until (empty: the close)
paper-proxy-agent = The agent votes by phone as
paper-proxy-agent-paper = on paper alone
paper-proxy-agent-unknown = nobody of that name is known: on paper alone
paper-proxy-written = In writing; I have seen the original
paper-proxy-oral = An oral word is written down and lets nobody vote.
paper-proxy-no-principal = Please choose the owner who gave it.
paper-proxy-no-name = Please type the agent’s name.
paper-proxy-no-letter = Please say where the paper lies.
paper-proxy-save = Write down
paper-proxy-done = Written down: the agent may vote.
paper-proxy-done-oral = The oral word was written down; to vote, the owner has to write a letter.
paper-proxy-line = { $of } gave it to { $name }
paper-proxy-line-guardian = { $name } is guardian of { $of }
paper-proxy-where = Original: { $letter }
paper-proxy-to-close = valid to the close
paper-proxy-to = valid until { $until }
paper-proxy-phone = by phone or on paper
paper-proxy-paper = on paper
paper-proxy-stand-holds = valid
paper-proxy-stand-revoked = ended
paper-proxy-stand-oral = oral, cannot vote
paper-proxy-stand-expired = expired
paper-proxy-end = End it
paper-proxy-end-of = End it: the letter of { $unit } for { $name }
paper-proxy-reason = Why it ends
paper-proxy-ended = Ended; a ballot already cast stands.
