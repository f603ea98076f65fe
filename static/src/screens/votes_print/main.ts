/* Ballot papers, roster, service list, tally sheet: everything is on the page already; this only opens the printer's window. */
import '@/style/tokens.css'
import '@/style/base.css'
import './print.css'

document.getElementById('print')?.addEventListener('click', () => window.print())
