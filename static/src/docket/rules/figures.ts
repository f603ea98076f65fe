/* The figures of a rule set in words, and where each comes from. */
import { t } from '@/i18n'
import type { RuleSet } from '@/votes'
import { ruleSets } from '../frame'

export const FIGURES = ['notice_days', 'window_least_days', 'window_most_days', 'paper', 'platform', 'announce_days', 'posting_days', 'extension'] as const
export type Figure = (typeof FIGURES)[number]

/** null: nobody knows it. */
export function valueOf(rules: RuleSet, name: Figure): string | null {
  const value = rules[name]
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return t(value ? 'votes-rule-yes' : 'votes-rule-no')
  return typeof value === 'number' ? t('votes-rule-days', { n: value }) : t(`votes-rule-${name}-${value}`)
}

/** In the reader's language where this release knows the set, else in the estate's own words. */
export function sourceOf(rules: RuleSet, name: Figure): string {
  const told = rules.sources?.[name] ?? ''
  return told && ruleSets[rules.name]?.sources?.[name] === told ? t(`votes-source-${rules.name}-${name}`) : told
}
