/* Times as the desk says them, and the dates it asks for. */
import { t } from '@/i18n'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
/** How long one answer should take; a hint on the clock, nothing more. */
export const SUGGESTED_MS = 3 * MINUTE

/** How long somebody has waited: 52 秒, 1 分 40 秒, 3 小时, 2 天. */
export function waited(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return t('common-seconds', { n: seconds })
  if (seconds < 3600) return t('desk-minutes-seconds', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
  if (seconds < 86_400) return t('common-hours', { n: Math.floor(seconds / 3600) })
  return t('desk-days', { n: Math.floor(seconds / 86_400) })
}

/** What an `<input type=date>` holds for an instant. */
export function dateField(at: number): string {
  const then = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`
}

/** The last minute of the day in such a field: whoever has until Friday has all of Friday. Null: no date. */
export function endOfDay(field: string): number | null {
  const [year, month, day] = field.split('-').map(Number)
  if (!year || !month || !day) return null
  return new Date(year, month - 1, day, 23, 59).getTime()
}
