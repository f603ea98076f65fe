# One sentence a refusal: what happened, what to do

refused-unclear = That was not understood. Please reload the page and try again.
refused-unclear-text = The text has characters that cannot be used. Please change it.
refused-unclear-name = The name has characters that cannot be used.
refused-too-large = That is too long: { $limit } characters at most.
refused-too-fast = A little too fast. Please try again in a few seconds.
refused-too-fast-wait = A little too fast. Please wait { $wait }.
refused-forbidden = You cannot do this in your present role.
refused-not-found = It is no longer there; it may have been withdrawn or dealt with.
refused-not-open = This is not open now.
refused-wrong-state = This cannot be done in the present state.
refused-taken = This was sent already.
refused-own-question = Your own question already counts you.
refused-slow-down = Please wait a little before you send again.
refused-slow-down-wait = Please wait { $wait } before you send again.
refused-muted = You cannot speak for the moment.
refused-unverified = First tell us which household you are.
refused-changed = Somebody has just changed this one; what you did was not done. Please look again.
refused-busy = The system is busy; your words are being sent again.
refused-unavailable = The system is not available at the moment. Please try again soon.
refused-storage-full = The storage is full. Please tell the staff.
refused-unsent = No connection: this was not done. Please try again.
refused-offline = No connection. Please check the network and try again.
refused-forbidden-watch = Watching this council needs its code or a home in the estate.
refused-other = That did not work ({ $code }).
