# Forms of address, names of units, the entry page, letters of invitation

letters-building = Building { $name }
letters-stair = {", "}Stair { $name }
letters-unit = { $building }{ $stair }, { $room }
letters-call-neighbour = Resident
letters-admin = Administrator

letters-enter-title = Come in
letters-enter-hello = You were sent a personal link
letters-enter-text = Press the button to come in on this device. The link is for you alone; please do not pass it on.
letters-enter-confirm = Yes, it is me
letters-enter-working = Coming in …
letters-enter-missing = The link is incomplete. Open it again from the message you received, or ask the staff to send it again.
letters-enter-used = This link no longer works. Please ask the staff for a new one.
letters-enter-full = This link has been used on 3 devices already. Ask the staff to take one back, then try again.
letters-enter-offline = No network: you are not in yet. Please press again.
letters-enter-noscript = Please switch on scripts in your browser and open the link again.

letters-page-title = Letters of invitation
letters-page-head = { $estate } · { $n ->
    [one] { $n } letter
   *[other] { $n } letters
}
letters-page-print = Print
letters-page-hint = Eight to a page; cut along the dashed lines, one for each home. A code is for that home alone: please deliver it in an envelope.
letters-page-none = There are no invitation codes yet. Make codes for this estate on the administration page first.
letters-page-loopback = The present address { $url } opens on this computer only, no phone can reach it, so letters cannot be printed. Name an address residents can open with --public-url, then print.
letters-to = To the home { $unit }:
letters-text = Scan to take part in
letters-when = { $day } { $time }
letters-code = Your home’s invitation code
letters-how = Scan, press “Take part”, choose building and room and type this code to ask, support and comment. Watching needs nothing.
letters-by-hand = Or type in a browser: { $url }
letters-phone = Questions? Call { $phone }
letters-qr = QR code: { $url }
