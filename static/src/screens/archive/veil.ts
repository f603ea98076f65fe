/* Masking a passage of the recording, for those who may: the times come from the player, the rest is one command. */
import { span } from '@/i18n'
import { newId } from '@/ids'
import { say } from '@/say'
import { ask, first } from '@/session'
import type { Replaying } from './replay'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** How long the words of what was done stand before the page opens anew. */
const READ_MS = 900

/** Seconds for 12:05 or 1:02:03; nothing for anything else. */
export function secondsOf(text: string): number | null {
  const parts = text.trim().replace(/：/g, ':').split(':')
  if (!parts.length || parts.length > 3 || !parts.every((part) => /^\d{1,5}$/.test(part))) return null
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0)
}

export function offerVeil(replay: Replaying, t: Translate): void {
  const box = document.querySelector<HTMLDetailsElement>('#veil')
  const form = box?.querySelector('form')
  const said = document.getElementById('veil-said')
  if (!box || !form || !said) return
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement
  box.hidden = false
  box.querySelectorAll<HTMLButtonElement>('[data-now]').forEach((button) => {
    button.addEventListener('click', () => {
      const up = button.dataset.now === 'to'
      field(button.dataset.now!).value = span((up ? Math.ceil(replay.now()) : Math.floor(replay.now())) * 1000)
    })
  })
  // The id stays while the passage does: sent again after a lost answer it is the same passage.
  let [id, meant] = [newId(), '']
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const [from, to] = [secondsOf(field('from').value), secondsOf(field('to').value)]
    if (from === null || to === null || from >= to) {
      said.textContent = t('archive-veil-unclear')
      return
    }
    const passage = { from_s: from, to_s: to, what: field('what').value, reason: field('reason').value }
    const now = JSON.stringify(passage)
    if (meant && meant !== now) id = newId()
    meant = now
    void give({ type: 'recording.veil', id, ...passage }, 'archive-veil-done', from)
  })
  document.querySelectorAll<HTMLButtonElement>('[data-lift]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', () => {
      if (button.textContent !== button.dataset.sure) {
        button.textContent = button.dataset.sure!
        return
      }
      void give({ type: 'recording.unveil', id: button.dataset.lift }, 'archive-veil-lifted', replay.now())
    })
  })

  async function give(command: Record<string, unknown>, done: string, second: number): Promise<void> {
    const path = `/api/records/${encodeURIComponent(first.record ?? '')}/commands`
    const answer = await ask<{ seq?: number }>(path, command)
    box!.open = true
    if (!answer.ok) {
      said!.textContent = say(answer)
      return
    }
    said!.textContent = t(done)
    const url = new URL(location.href)
    url.searchParams.set('t', String(Math.floor(second)))
    setTimeout(() => location.replace(url), READ_MS)
  }
}
