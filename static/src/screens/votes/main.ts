/* Owners' votes: the pages are read without script; this checks receipts on the device, keeps the turnout fresh, prints. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/screens/pages/pages.css'
import './votes.css'
import { keepFresh } from './fresh'

const print = document.getElementById('print')
if (print) {
  print.hidden = false
  print.addEventListener('click', () => window.print())
}
/* What is folded away on a screen stands open on paper. */
let folded: HTMLDetailsElement[] = []
window.addEventListener('beforeprint', () => {
  folded = Array.from(document.querySelectorAll<HTMLDetailsElement>('details:not([open])'))
  folded.forEach((one) => { one.open = true })
})
window.addEventListener('afterprint', () => folded.forEach((one) => { one.open = false }))

keepFresh()
/* The arithmetic comes where receipts are checked alone. */
if (document.getElementById('lookup')) void import('./check').then((check) => check.offerChecks())
