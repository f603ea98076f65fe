/* The page behind a personal link: asks 确认是我 and only then gives the token away. Opening it uses nothing up. */
import '@/style/tokens.css'
import '@/style/base.css'
import './enter.css'
import { keepCookie } from '@/kept'
import { ask } from '@/session'

const root = document.documentElement
const confirm = document.getElementById('confirm') as HTMLButtonElement
const big = document.getElementById('big') as HTMLButtonElement
const working = document.getElementById('working') as HTMLElement

/** The code of a refusal, and the sentence of the page that says it. */
const SAID: Record<string, string> = { not_found: 'used', link_gone: 'used', devices_full: 'full', unclear: 'missing' }

const token = (): string => location.hash.slice(1)

function say(state: string | null): void {
  document.querySelectorAll<HTMLElement>('.say[id]').forEach((one) => { one.hidden = one.id !== `say-${state ?? ''}` })
}

async function enter(): Promise<void> {
  confirm.disabled = true
  say(null)
  working.textContent = working.dataset.text ?? ''
  const answer = await ask<{ screen?: string }>('/api/enter', { token: token() })
  working.textContent = ''
  if (answer.ok && answer.screen) {
    // The entry of the history that holds the token goes with it.
    location.replace(answer.screen)
    return
  }
  confirm.disabled = false
  say(SAID[answer.code ?? ''] ?? 'offline')
}

function ready(): void {
  const missing = !token()
  confirm.disabled = missing
  say(missing ? 'missing' : null)
}

big.addEventListener('click', () => {
  const on = !root.classList.contains('big')
  root.classList.toggle('big', on)
  root.classList.toggle('size-24', on)
  root.classList.remove('size-30')
  big.setAttribute('aria-pressed', String(on))
  keepCookie('look', `${on ? 24 : 18}${root.classList.contains('hc') ? '.hc' : ''}`)
})
confirm.addEventListener('click', () => void enter())
window.addEventListener('hashchange', ready)
ready()
