/* How a reason and a message read: words of the record's lists in sentences, or what somebody wrote. */
import { date, has, t } from '@/i18n'
import type { Message } from '@/things'

export function reasonWords(reason: string | null): string {
  if (!reason) return t('people-no-reason')
  const key = `common-reason-${reason}`
  return /^[a-z_]+$/.test(reason) && has(key) ? t(key) : reason
}

export function messageWords(one: Message): string {
  const ends = `people-message-${one.word}-until`
  const key = one.until && has(ends) ? ends : `people-message-${one.word}`
  const reason = one.word === 'question_result' ? t(`people-result-${one.reason}`) : reasonWords(one.reason)
  return t(key, { text: one.text ?? '', reason, answer: one.answer ?? '', seconds: one.seconds ?? 0, until: one.until ? date(one.until) : '' })
}
