/* The turnout as it grows, drawn by the server's words and figures. What else changed is said, not shown by surprise. */

export interface Turnout {
  state: string
  rounds: number
  bars: Record<string, { part: string, percent: string, fill: number, met: boolean, words: string }>
}

const EVERY_MS = 10_000

/** Ask for the turnout; null while there is no line. */
export async function asked(address: string): Promise<Turnout | null> {
  try {
    const answer = await fetch(address, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
    return answer.ok ? ((await answer.json()) as Turnout) : null
  } catch {
    return null
  }
}

/** Put the figures where the page says they stand. */
export function show(told: Turnout): void {
  for (const [count, bar] of Object.entries(told.bars)) {
    const say = (name: string, text: string): void => {
      const place = document.querySelector(`[data-${name}="${count}"]`)
      if (place && place.textContent !== text) place.textContent = text
    }
    say('part', bar.part)
    say('percent', bar.percent)
    say('met', bar.words)
    document.querySelector(`[data-met="${count}"]`)?.classList.toggle('met', bar.met)
    const fill = document.querySelector(`[data-fill="${count}"]`)
    fill?.setAttribute('width', String(bar.fill))
    fill?.classList.toggle('met', bar.met)
  }
}

/** Keep the figures of an open vote fresh while somebody looks. */
export function keepFresh(): void {
  const place = document.querySelector<HTMLElement>('[data-turnout]')
  const address = place?.dataset.turnout
  if (!place || !address) return
  const look = async (): Promise<void> => {
    const told = document.visibilityState === 'visible' ? await asked(address) : null
    if (!told) return
    show(told)
    if (told.state !== 'open') document.getElementById('news')?.removeAttribute('hidden')
  }
  window.setInterval(() => void look(), EVERY_MS)
  document.addEventListener('visibilitychange', () => void look())
}
