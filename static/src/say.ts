/* The sentence for a refusal. The wire carries codes; whoever reads them is told what happened and what to do. */
import { date, day, has, inWords, t } from './i18n'
import type { Ack } from './things'

/** An answer that says no; its details fill the sentence. */
type Refusal = Extract<Ack, { ok: false }> | { ok?: boolean, code?: string }

/** Times among a refusal's details are milliseconds; a sentence wants words. */
function inHumanWords(detail: Record<string, unknown>): Record<string, unknown> {
  const words = { ...detail }
  for (const name of ['wait_ms', 'retry_ms']) {
    if (typeof detail[name] === 'number') words.wait = inWords(detail[name])
  }
  if (typeof detail.until === 'number') words.until = date(detail.until)
  if (typeof detail.due === 'number') words.due = day(detail.due)
  return words
}

export function say(refusal: Refusal): string {
  const { code = 'unclear', ...detail } = refusal as { code?: string, [detail: string]: unknown }
  const words = inHumanWords(detail)
  const key = `refused-${code.replace(/_/g, '-')}`
  /* A sentence that knows more, where the refusal says more. */
  const about = [detail.field, detail.why].find((one) => typeof one === 'string') ?? (words.wait ? 'wait' : detail.watch ? 'watch' : '')
  const closer = about ? `${key}-${about}` : ''
  if (closer && has(closer)) return t(closer, words)
  return has(key) ? t(key, words) : t('refused-other', { code })
}
