/* Public pages are read without script; this only saves them a round trip for the size of text. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/style/ledger.css'
import './pages.css'

/** Another size without losing the place on the page. Look and catalogue stay with the server's page otherwise. */
const button = document.querySelector<HTMLAnchorElement>('a.big-btn')
button?.addEventListener('click', () => {
  /* The link itself does the work; the place is kept over the reload. */
  sessionStorage.setItem('sun.place', String(window.scrollY))
})
const place = Number(sessionStorage.getItem('sun.place') ?? 0)
if (place) window.scrollTo(0, place)
sessionStorage.removeItem('sun.place')

/* A code is typed with blanks, pasted with dashes: only its digits count. */
const code = document.querySelector<HTMLInputElement>('#code-in')
code?.addEventListener('input', () => { code.value = code.value.replace(/\D/g, '').slice(0, 8) })
