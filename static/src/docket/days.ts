/* Days as a term and a field of dates want them: those of the place, whatever this machine believes. */
import { date, day } from '@/i18n'

const DAY = 86_400_000
/** Asia/Shanghai, which has no summer time. */
const ZONE = 8 * 3_600_000

/** The last day of a term in words: one that ends with its day names the day, not the midnight after it. */
export const lastDay = (end: number): string => ((end + ZONE) % DAY < 1_000 || (end + ZONE) % DAY >= DAY - 1_000 ? day(end - 1_000) : date(end))

/** 2026-05-30, as a field of dates wants it. */
export const dateField = (at: number): string => new Date(at + ZONE).toISOString().slice(0, 10)

/** The end of a day chosen in a field of dates, ms UTC. */
export const endOf = (field: string): number => Date.parse(`${field}T23:59:59+08:00`)
