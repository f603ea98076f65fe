/* Files that are made when somebody first wants them: the link says how far it is, then the download begins by itself.
   Without scripts the same link simply takes its time. */
import { say } from '@/say'
import { ask } from '@/session'

type Translate = (key: string, values?: Record<string, unknown>) => string

interface Progress { state: 'absent' | 'making' | 'ready' | 'failed', percent: number, code?: string }

const LOOK_MS = 500

const pause = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms) })

async function made(address: string, told: (percent: number) => void): Promise<string | null> {
  let answer = await ask<Progress>(address, {})
  for (;;) {
    if (answer.ok === false || answer.state === 'failed') return say({ ok: false, code: answer.code ?? 'unavailable' })
    if (answer.state === 'ready') return null
    told(answer.percent ?? 0)
    await pause(LOOK_MS)
    const next = await ask<Progress>(address)
    // A line that breaks off for a moment is no reason to give up what goes on over there.
    answer = next.code === 'offline' ? answer : next
  }
}

export function offerFilms(t: Translate): void {
  document.querySelectorAll<HTMLAnchorElement>('a[data-film]').forEach((link) => {
    const line = document.createElement('p')
    line.className = 'making'
    line.setAttribute('role', 'status')
    const bar = document.createElement('progress')
    bar.max = 100
    const words = document.createElement('span')
    let [busy, ready] = [false, false]
    link.addEventListener('click', (event) => {
      if (ready || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      if (busy) return
      busy = true
      link.closest('li')?.append(line)
      line.append(bar, words)
      void prepare()
    })

    async function prepare(): Promise<void> {
      const wrong = await made(link.dataset.film!, (percent) => {
        bar.value = percent
        words.textContent = t('archive-film-making', { percent })
      })
      bar.remove()
      busy = false
      words.textContent = wrong === null ? t('archive-film-ready') : t('archive-film-failed', { why: wrong })
      if (wrong !== null) return
      ready = true
      link.click()
      ready = false
    }
  })
}
