/* Whose matter a motion is, in words. */
import { t } from '@/i18n'

const plain = (name: string): boolean => /^[0-9A-Za-z]+$/.test(name)

export function scopeWords(building: string | null, stair: string | null): string {
  if (!building) return t('votes-scope-whole')
  const house = plain(building) ? t('docket-building', { name: building }) : building
  if (!stair) return t('votes-scope-place', { place: house })
  return t('votes-scope-place', { place: house + (plain(stair) ? t('docket-stair', { name: stair }) : stair) })
}
