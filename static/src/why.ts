/* What stands in the way in a docket, in words: what is wrong, and what to do about it. One table for every screen
   that deals with owners' votes; it comes with the area `why` of the catalogue. */
import { date, has, t } from './i18n'
import { say } from './say'

export interface Why { wrong: string, todo: string }

type Detail = Record<string, unknown>

const stem = (reason: string): string => `why-${reason.replace(/_/g, '-')}`

/** Instants among the details are milliseconds; a sentence wants words. */
function inWords(detail: Detail): Detail {
  const at = typeof detail.at === 'number' ? date(detail.at) : detail.at
  return { ...detail, at }
}

/**
 * The words for one `why` of docs/protocol.md; null for one nobody wrote words for. `detail` is what came beside it:
 * a sentence that says more (of `field`, with `at`, with `unit`) is taken where there is one.
 */
export function why(reason: string, detail: Detail = {}): Why | null {
  const key = stem(reason)
  if (!has(key)) return null
  const closer = [String(detail.field ?? ''), ...Object.keys(detail)].map((one) => `${key}-${one}`).find(has) ?? key
  const values = inWords(detail)
  return { wrong: t(closer, values), todo: t(has(`${closer}-do`) ? `${closer}-do` : `${key}-do`, values) }
}

/** Both sentences for an answer that says no; the sentence for its code where it gives no `why`. */
export function sayWhy(refusal: { ok?: boolean, code?: string }): string {
  const { why: reason, ...detail } = refusal as Detail & { code?: string }
  const found = typeof reason === 'string' ? why(reason, detail) : null
  return found ? t('why-both', { ...found }) : say(refusal)
}
