/* Whose matter a motion is, in words. */
import { t } from '@/i18n'
import { numbered } from '@/places'

export function scopeWords(building: string | null, stair: string | null): string {
  if (!building) return t('votes-scope-whole')
  const house = numbered(building) ? t('docket-building', { name: building }) : building
  if (!stair) return t('votes-scope-place', { place: house })
  return t('votes-scope-place', { place: house + (numbered(stair) ? t('docket-stair', { name: stair }) : stair) })
}
