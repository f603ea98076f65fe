# The stop: picture and words at once; what every page says, and the button at desk and studio.
halt-stop = Stop all
halt-label = Picture and words stopped
halt-on-both = Picture and words are stopped
halt-on-words = Words are stopped
halt-on-picture = The picture is stopped
halt-by = by { $name } at { $at }{ $minutes ->
    [0] {""}
    [one] , a minute ago
   *[other] , { $minutes } minutes ago
  }
halt-why = Reason
halt-reason-check = Being checked
halt-reason-unlawful = Improper content
halt-reason-personal_data = Others' privacy
halt-reason-disorder = Disorder in the hall
halt-reason-fault = Technical fault
halt-lift = Give both back
halt-lift-words = Words only
halt-lift-picture = Picture only
halt-told = Picture and words are stopped; everybody sees why
halt-told-lifted = Picture and words are back
halt-told-words = Words are back
halt-told-picture = The picture is back

halt-card-both = Picture and words pause for a moment
halt-card-words = Words pause for a moment
halt-card-picture = The picture pauses for a moment
halt-card-why-check = The staff are looking into something. Please wait.
halt-card-why-unlawful = Something improper was shown or said; the staff are dealing with it. Please wait.
halt-card-why-personal_data = Somebody's privacy was touched; the staff are dealing with it. Please wait.
halt-card-why-disorder = Order in the hall comes first. Please wait.
halt-card-why-fault = Something is broken and being mended. Please wait.
halt-card-note = Paused since { $at }. It comes back by itself, no need to reload; questions already handed in are safe.
