/* Dates as an office writes them: on the council's clock, wherever this browser stands. China keeps +08:00 all year. */
import { clock, date } from '@/i18n'

const ZONE = 'Asia/Shanghai'
const OFFSET = '+08:00'
const MINUTE = 60_000
const HALF_HOUR = 30 * MINUTE

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
})

function read(at: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]))
}

/** 2026-05-16, for a date field. */
export function dateField(at: number): string {
  const { year, month, day } = read(at)
  return `${year}-${month}-${day}`
}

/** 19:30, for a time field. */
export function timeField(at: number): string {
  const { hour, minute } = read(at)
  return `${hour}:${minute}`
}

/** The instant of a date and a time field, ms UTC; null while one is not whole. */
export function instant(date: string, time: string): number | null {
  const at = Date.parse(`${date}T${time}:00${OFFSET}`)
  return Number.isNaN(at) ? null : at
}

export { clock, date as inWords }

/** The next full half hour that leaves time to prepare. */
export const soon = (now: number): number => Math.ceil((now + 20 * MINUTE) / HALF_HOUR) * HALF_HOUR
export const later = (at: number, minutes: number): number => at + minutes * MINUTE
