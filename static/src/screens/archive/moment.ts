/* A link to the second now playing, for the neighbours' group chat. */
import { span } from '@/i18n'
import type { Replaying } from './replay'

type Translate = (key: string, values?: Record<string, unknown>) => string

const TOLD_MS = 6_000

function tell(text: string): void {
  const toast = document.getElementById('toast')
  if (!toast) return
  toast.textContent = text
  toast.classList.add('on')
  setTimeout(() => toast.classList.remove('on'), TOLD_MS)
}

export function copyMoment(replay: Replaying, t: Translate): void {
  const section = document.querySelector('.play')
  if (!section) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'more moment'
  button.textContent = t('archive-copy')
  button.addEventListener('click', () => void copy())
  section.append(button)

  async function copy(): Promise<void> {
    const second = Math.floor(replay.now())
    const url = `${location.origin}${location.pathname}?t=${second}`
    try {
      await navigator.clipboard.writeText(url)
      tell(t('archive-copied', { at: span(second * 1000) }))
    } catch {
      tell(t('archive-copy-failed', { url }))
    }
  }
}
