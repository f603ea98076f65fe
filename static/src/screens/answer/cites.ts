/* A law and its article from few key strokes: 「民法典 278」 is 民法典 第二百七十八条, as laws are cited. */
import { t } from '@/i18n'
import type { Cite } from '@/things'

const SHORT = /^\s*(.+?)[\s:：]+(\d{1,4})\s*$/
const WHOLE = /^\s*(.+?)[\s:：]*(\S{2,12})\s*$/

/** A number from 1 to 9999 in the numerals of the law. */
export function numeral(n: number): string {
  const signs = [...t('answer-numerals')]
  const units = ['', signs[10] ?? '', signs[11] ?? '', signs[12] ?? '']
  const digits = [...String(n)].map(Number)
  let words = ''
  let gap = false
  digits.forEach((digit, at) => {
    if (!digit) {
      gap = true
      return
    }
    if (gap && words) words += signs[0] ?? ''
    gap = false
    const unit = units[digits.length - 1 - at] ?? ''
    words += n < 20 && unit && unit === units[1] ? unit : (signs[digit] ?? '') + unit
  })
  return words
}

/** What was typed, as a citation; null where no article can be told. */
export function citeFrom(typed: string): Cite | null {
  const short = SHORT.exec(typed)
  if (short) return { law: short[1]!, article: t('answer-article', { numeral: numeral(Number(short[2])) }) }
  const at = typed.indexOf(t('answer-article-begins'))
  if (at <= 0 || !WHOLE.test(typed)) return null
  return { law: typed.slice(0, at).trim(), article: typed.slice(at).trim() }
}

export const inWordsOf = (cite: Cite): string => `${cite.law} ${cite.article}`
