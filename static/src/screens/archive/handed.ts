/* Telling what became of a question handed over, for those who may: one command, then the page anew. */
import { say } from '@/say'
import { ask, first } from '@/session'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** How long the words of what was done stand before the page opens anew. */
const READ_MS = 900

export function offerResults(t: Translate): void {
  document.querySelectorAll<HTMLDetailsElement>('[data-result]').forEach((box) => {
    const form = box.querySelector('form')
    const said = box.querySelector<HTMLElement>('.said')
    if (!form || !said) return
    box.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const given = new FormData(form)
      const command = { type: 'question.resolve', id: box.dataset.result, result: given.get('result'), text: given.get('text') }
      void tell(command, said)
    })
  })

  async function tell(command: Record<string, unknown>, said: HTMLElement): Promise<void> {
    const answer = await ask<{ seq?: number }>(`/api/records/${encodeURIComponent(first.record ?? '')}/commands`, command)
    said.textContent = answer.ok ? t('archive-result-done') : say(answer)
    if (answer.ok) setTimeout(() => location.reload(), READ_MS)
  }
}
