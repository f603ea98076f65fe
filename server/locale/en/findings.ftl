# Results of questionnaires: on their page, in the room, on the projector, in the archive

findings-title = What households answered
findings-kind-single = Choose one
findings-kind-multiple = Choose any
findings-kind-multiple-most = Choose up to { $most }
findings-kind-scale = A mark from 1 to { $most }
findings-kind-number = A number
findings-kind-text = In your own words
findings-base = { $n } households answered this question (of { $answered } forms; { $households } on the roster)
findings-few = { $n } answered this question. With fewer than 5 households in all, or fewer than 5 by phone, it is not broken down, so that nobody’s home can be told.
findings-share = { $percent }% ({ $n } of { $base })
findings-mean = Mean { $mean }
findings-median = median { $median }
findings-over-hundred = A household may choose several: shares add up to more than 100%.
findings-texts-number = { $n } texts are shown on the page of the results.
findings-no-texts = No texts to show.
findings-texts-help = Read by the community before they are shown; telephones and rooms are covered; nobody is told who wrote them.
findings-more-texts = { $n } more are not listed here.
findings-at = For the item: { $item }
findings-returned = { $answered } of { $households } households answered, { $paper } of them on paper
findings-bind-nobody = This informs the council. It is no vote of owners.
