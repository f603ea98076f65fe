/* Words of the screens: one catalogue a language, the very files the server reads. Plain text out, never markup. */
import { FluentBundle, FluentNumber, FluentResource, type FluentVariable } from '@fluent/bundle'
import { first } from './session'

type Values = Record<string, unknown>

/* Isolation marks are off: Chinese has no use for them. */
const bundle = new FluentBundle(first.lang, { useIsolating: false })

/** Take the catalogue of the page's language, or words that come with a later piece of the screen; what is known stays. */
export function addCatalogue(text: string): void {
  bundle.addResource(new FluentResource(text))
}

function plain(values: Values): Record<string, FluentVariable> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? new FluentNumber(value, { useGrouping: false }) : String(value ?? ''),
  ]))
}

export const has = (key: string): boolean => bundle.hasMessage(key)

/** The words for a key; the key itself where a catalogue lacks it, so that the lack is seen. */
export function t(key: string, values: Values = {}): string {
  const pattern = bundle.getMessage(key)?.value
  return pattern ? bundle.formatPattern(pattern, plain(values), []) : key
}

/** How instants are told: on the council's clock, wherever this browser stands, so that the notice and the screen say
    one time. China keeps +08:00 all year. The same zone as server/web/language.py. */
export function telling(wish: Intl.DateTimeFormatOptions): (at: number) => string {
  return new Intl.DateTimeFormat(first.lang, { timeZone: 'Asia/Shanghai', hourCycle: 'h23', ...wish }).format
}

/** 19:30 */
export const clock = telling({ hour: '2-digit', minute: '2-digit' })
/** 5月16日 */
export const day = telling({ month: 'long', day: 'numeric' })
/** 5月16日周六 19:30 */
export const date = telling({ month: 'long', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit' })

/** A span of milliseconds as 1:24 or 1:02:03. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (part: number): string => String(part).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A wait in words: 42 秒, 3 分钟. Up, so that nobody is told 0. */
export function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds < 60) return t('common-seconds', { n: seconds })
  if (seconds < 3600) return t('common-minutes', { n: Math.ceil(seconds / 60) })
  return t('common-hours', { n: Math.ceil(seconds / 3600) })
}
