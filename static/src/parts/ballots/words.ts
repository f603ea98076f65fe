/* A vote in words: the lines that must be reached, what is left of the time, whose matter it is. */
import { has, inWords, t } from '@/i18n'
import { numbered } from '@/places'
import type { Threshold } from '@/votes'

const HOUR = 3_600_000

/** 三分之二; 2/3 where no words are known. */
export function share({ part, whole }: Threshold): string {
  const key = `ballot-share-${part}-${whole}`
  return has(key) ? t(key) : `${part}/${whole}`
}

/** 达到三分之二（含）以上; 超过二分之一 is said 过半数. */
export function line(one: Threshold): string {
  if (!one.inclusive && one.part * 2 === one.whole) return t('ballot-line-half')
  return t(one.inclusive ? 'ballot-line-reach' : 'ballot-line-over', { share: share(one) })
}

/** 3 号楼 1 单元; a building or stair whose name says what it is stays as it is called. */
export function place(building: string, stair: string | null): string {
  const house = numbered(building) ? t('ballot-building', { name: building }) : building
  return house + (stair && numbered(stair) ? t('ballot-stair', { name: stair }) : stair ?? '')
}

/** 3 天, 20 小时, 5 分钟: two days and more are told in days. */
export function left(ms: number): string {
  return ms >= 48 * HOUR ? t('ballot-days', { n: Math.floor(ms / (24 * HOUR)) }) : inWords(ms)
}

/** A share of a whole for a bar, 0 to 100; of areas as text as well. */
export function percent(part: number | string, whole: number | string): number {
  return Number(whole) > 0 ? Math.min(100, Math.round((Number(part) / Number(whole)) * 10_000) / 100) : 0
}
