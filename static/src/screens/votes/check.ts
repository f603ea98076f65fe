/* A receipt looked up, and the whole list computed anew, on this device: neither the choice nor the nonce leaves it. */
import { codeOf, commitmentOf, leafOf, leafOfBallot, rootOf, slipOf } from '@/digests'

interface Line { code?: string, leaf?: string, counts?: boolean, slip?: string, choice?: string }
interface List { motion: string, digest: string, root: string, receipts?: Line[], slips?: Line[] }
interface Page { record: string, motion: string, digest: string }
/** What a phone keeps of a ballot; of an anonymous one there is no unit. */
interface Saved { motion: string, digest: string, ballot: string, unit?: string, choice: string, nonce: string }

const SAID = '[data-say]'
const MISREAD: Record<string, string> = { 0: 'O', 1: 'I', 8: 'B' }

/** The code in what was typed, pasted or scanned: a code, a whole name, or an address that ends in one. */
export function codeIn(text: string): string | null {
  const plain = text.trim().slice(-200).replace(/^.*[#=]/s, '')
  if (/^[0-9a-f]{64}$/i.test(plain)) return plain.toLowerCase()
  const letters = plain.toUpperCase().replace(/[^A-Z0-9]/g, '').replace(/[018]/g, (sign) => MISREAD[sign]!)
  return /^[A-Z2-7]{16}$/.test(letters) ? letters.replace(/(.{4})(?=.)/g, '$1-') : null
}

const found = (list: List, wanted: string): Line | undefined =>
  (list.receipts ?? list.slips ?? []).find((line) => [line.code, line.leaf, line.slip].includes(wanted))

/** What there is to say of a code. */
export function said(list: List, code: string | null): string {
  if (code === null) return 'unclear'
  const line = found(list, code)
  if (!line) return 'absent'
  return list.slips ? 'slip' : line.counts ? 'counts' : 'replaced'
}

/** What there is to say of a saved receipt: whether choice and nonce give a ballot of the list. */
export function opened(list: List, saved: Saved): string {
  if (saved.motion !== list.motion || saved.digest !== list.digest) return 'stranger'
  if (list.slips) {
    const line = found(list, slipOf(list.digest, saved.ballot, saved.nonce))
    return line ? (line.choice === saved.choice ? 'opens' : 'differs') : 'absent'
  }
  const commitment = commitmentOf(list.digest, saved.unit ?? '', saved.choice, saved.nonce)
  const line = found(list, codeOf(leafOfBallot(list.digest, saved.ballot, saved.unit ?? '', commitment)))
  return line ? (line.counts ? 'opens' : 'replaced') : 'differs'
}

/** Whether the list gives the root it names, computed from its first line to its last. */
export function adds(list: List): boolean {
  const leaves = list.slips
    ? list.slips.map((one) => leafOf({ slip: one.slip, choice: one.choice }))
    : (list.receipts ?? []).map((one) => one.leaf!)
  return rootOf(leaves) === list.root && (list.receipts ?? []).every((one) => codeOf(one.leaf!) === one.code)
}

function say(...names: string[]): void {
  document.querySelectorAll<HTMLElement>(SAID).forEach((one) => { one.hidden = !names.includes(one.dataset.say!) })
}

function sayTree(name: string): void {
  const tree = document.getElementById('tree')
  if (!tree) return
  tree.hidden = false
  tree.className = `say ${name === 'same' ? 'good' : name === 'other' ? 'bad' : ''}`
  tree.querySelectorAll<HTMLElement>('[data-tree]').forEach((one) => { one.hidden = one.dataset.tree !== name })
}

async function listOf(page: Page): Promise<List | null> {
  try {
    const answer = await fetch(`/api/records/${page.record}/motions/${page.motion}/receipts`, { credentials: 'same-origin' })
    return answer.ok ? ((await answer.json()) as List) : null
  } catch {
    return null
  }
}

function understood(text: string): Saved | null {
  try {
    const saved = JSON.parse(text) as Partial<Saved>
    const whole = ['motion', 'digest', 'ballot', 'choice', 'nonce'].every((name) => typeof saved[name as keyof Saved] === 'string')
    return whole ? (saved as Saved) : null
  } catch {
    return null
  }
}

function sayOpened(list: List, text: string): void {
  const saved = understood(text)
  const told = saved ? opened(list, saved) : 'stranger'
  say(told, ...(told === 'opens' ? ['shows'] : []))
  document.querySelectorAll<HTMLElement>('[data-choice]').forEach((one) => { one.hidden = one.dataset.choice !== saved?.choice })
}

/** Let the page check by itself; without a list, before the close, the server's words stand. */
export function offerChecks(): void {
  const form = document.querySelector<HTMLFormElement>('#lookup')
  const field = document.querySelector<HTMLInputElement>('#code')
  const text = document.getElementById('first')?.textContent
  if (!form || !field || !text) return
  const page = JSON.parse(text) as Page
  /* Scanned from a receipt: the code stands after the #, which no server is sent. */
  const scanned = (): void => {
    if (window.location.hash.length > 1) field.value = decodeURIComponent(window.location.hash.slice(1)).slice(0, 400)
  }
  scanned()
  if (!document.getElementById('root')) return
  void listOf(page).then((list) => {
    if (!list) return
    sayTree('busy')
    /* The words are painted before the arithmetic begins. */
    window.setTimeout(() => sayTree(adds(list) && document.getElementById('root')?.textContent === list.root ? 'same' : 'other'))
    const look = (): void => { if (field.value.trim()) say(said(list, codeIn(field.value))) }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      look()
    })
    window.addEventListener('hashchange', () => { scanned(); look() })
    look()
    const [saved, pick] = [document.getElementById('saved'), document.querySelector<HTMLInputElement>('#receipt')]
    if (!saved || !pick) return
    saved.hidden = false
    pick.addEventListener('change', () => void pick.files?.[0]?.text().then((content) => sayOpened(list, content)))
    field.addEventListener('paste', (event) => {
      const pasted = event.clipboardData?.getData('text') ?? ''
      if (!pasted.trim().startsWith('{')) return
      event.preventDefault()
      sayOpened(list, pasted)
    })
  })
}
