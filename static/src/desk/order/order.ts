/* The people's side of the desk: who is held back from speaking, what waits for an answer, and the deeds for both. */
import { computed, type ComputedRef } from 'vue'
import { clock, date, has, inWords, t } from '@/i18n'
import { newId } from '@/ids'
import { tell } from '@/notices'
import { useRoom } from '@/room'
import { say } from '@/say'
import type { Penalty, Wish } from '@/things'
import { MINUTE } from '../times'
import './order.css'

/** Something somebody objects to, waiting for another's written answer. */
export interface Waiting {
  kind: 'question' | 'comment' | 'penalty'
  id: string
  person: string
  shown: string
  /** What it is about, in a few words or its own. */
  what: string
  reason: string
  appeal: string
  at: number
  due: number | null
  /** Who had a hand in it, and so does not decide. */
  by: string[]
}

/** Something readers told the desk about. */
export interface Reported {
  kind: 'question' | 'comment'
  id: string
  shown: string
  text: string
  reports: number
  kinds: Record<string, number>
}

export const SHORT_MINUTES = 10
export const SLOW_SECONDS = 60
/** A term begins its proposal at a month; a year is the most the record takes. */
export const TERM_DAYS = 30
export const TERM_DAYS_MOST = 365

/** A reason as people say it: a word of the list, or what was written. */
export const reasonWords = (reason: string | null): string => {
  const key = `common-reason-${reason}`
  return reason && /^[a-z_]+$/.test(reason) && has(key) ? t(key) : reason ?? ''
}

export interface Order {
  standing: (now: number) => Penalty[]
  proposed: ComputedRef<Penalty[]>
  of: (person: string) => Penalty[]
  waiting: ComputedRef<Waiting[]>
  reported: ComputedRef<Reported[]>
  isMine: (by: readonly string[]) => boolean
  names: (people: readonly string[]) => string
  what: (penalty: Penalty) => string
  left: (penalty: Penalty, now: number) => string
  warn: (person: string, reason: string) => void
  slow: (person: string, reason: string) => void
  mute: (person: string, minutes: number | null, reason: string) => void
  propose: (person: string, until: number, reason: string) => Promise<boolean>
  confirm: (id: string) => Promise<boolean>
  decline: (id: string, reason: string) => Promise<boolean>
  lift: (penalty: Penalty, reason: string) => Promise<boolean>
  decide: (one: Waiting, outcome: 'upheld' | 'dismissed', answer: string) => Promise<boolean>
  keep: (one: Reported) => Promise<boolean>
}

export function useOrder(): Order {
  const { store, link } = useRoom()
  const penalties = computed(() => store.all('penalty').sort((a, b) => a.at - b.at))

  const give = async (wish: Wish, done: string, undo?: { words: string, act: () => void }): Promise<boolean> => {
    const ack = await link.give(wish)
    if (!ack.ok) tell(say(ack), 'bad')
    else tell(done, 'good', undo)
    return ack.ok
  }
  /** Imposes something; that it was a slip of the hand can be said at once, and is told to the person, too. */
  const impose = async (wish: Wish & { person: string }, sort: Penalty['sort'], done: string): Promise<void> => {
    await give(wish, done, {
      words: t('common-undo'),
      act: () => {
        const last = penalties.value.filter((one) => one.person === wish.person && one.sort === sort && one.state === 'standing').pop()
        if (last && isMine(last.by ?? [])) void give({ type: 'penalty.lift', id: last.id, reason: t('people-slip') }, t('people-told-lifted'))
      },
    })
  }
  const isMine = (by: readonly string[]): boolean => by.includes(store.me.value?.person ?? '')
  const names = (people: readonly string[]): string =>
    people.map((one) => store.get('person', one)?.name || t('desk-colleague')).join(t('people-and'))
  const what = (one: Penalty): string => t(`people-sort-${one.sort}`)

  const waiting = computed((): Waiting[] => [
    ...store.all('question').filter((one) => one.state === 'appealed').map((one): Waiting => ({
      kind: 'question', id: one.id, person: one.person ?? '', shown: one.shown, what: one.text, reason: one.reason ?? '',
      appeal: one.appeal ?? '', at: one.appealed_at ?? one.at, due: one.appeal_due ?? null, by: one.reviewed_by ? [one.reviewed_by] : [],
    })),
    ...store.comments().filter((one) => one.state === 'appealed').map((one): Waiting => ({
      kind: 'comment', id: one.id, person: one.person ?? '', shown: one.shown, what: one.text, reason: one.reason ?? '',
      appeal: one.appeal ?? '', at: one.appealed_at ?? one.at, due: one.appeal_due ?? null, by: one.removed_by ? [one.removed_by] : [],
    })),
    ...penalties.value.filter((one) => one.appeal && !one.outcome).map((one): Waiting => ({
      kind: 'penalty', id: one.id, person: one.person ?? '', shown: one.shown || t('people-unnamed'), what: what(one), reason: one.reason,
      appeal: one.appeal ?? '', at: one.appealed_at ?? one.at, due: one.due, by: one.by ?? [],
    })),
  ].sort((a, b) => a.at - b.at))

  const reported = computed((): Reported[] => [
    ...store.all('question').filter((one) => one.reports).map((one): Reported => ({ kind: 'question', id: one.id, shown: one.shown, text: one.text, reports: one.reports ?? 0, kinds: one.report_kinds ?? {} })),
    ...store.comments().filter((one) => one.reports && one.state === 'visible').map((one): Reported => ({ kind: 'comment', id: one.id, shown: one.shown, text: one.text, reports: one.reports ?? 0, kinds: one.report_kinds ?? {} })),
  ].sort((a, b) => b.reports - a.reports))

  return {
    standing: (now) => penalties.value.filter((one) => one.state === 'standing' && one.sort !== 'warning' && (one.until === null || one.until > now)),
    proposed: computed(() => penalties.value.filter((one) => one.state === 'proposed')),
    of: (person) => penalties.value.filter((one) => one.person === person && one.state !== 'proposed'),
    waiting,
    reported,
    isMine,
    names,
    what,
    left: (one, now) => {
      if (one.sort === 'slow') return t('people-each', { n: one.seconds ?? 0 })
      if (one.until === null) return t('people-whole-meeting')
      return one.sort === 'term' ? t('people-until', { until: date(one.until) }) : t('people-left', { left: inWords(one.until - now), at: clock(one.until) })
    },
    warn: (person, reason) => void impose({ type: 'person.warn', person, reason }, 'warning', t('people-told-warned')),
    slow: (person, reason) => void impose({ type: 'person.slow', person, seconds: SLOW_SECONDS, reason }, 'slow', t('people-told-slowed')),
    mute: (person, minutes, reason) => {
      const until = minutes === null ? null : Math.round(store.now()) + minutes * MINUTE
      void impose({ type: 'person.mute', person, until, reason }, 'mute', t('people-told-muted'))
    },
    propose: (person, until, reason) => give({ type: 'penalty.propose', id: newId(store.now()), person, until, reason }, t('people-told-proposed')),
    confirm: (id) => give({ type: 'penalty.confirm', id }, t('people-told-confirmed')),
    decline: (id, reason) => give({ type: 'penalty.decline', id, reason }, t('people-told-declined')),
    lift: (one, reason) => give({ type: 'penalty.lift', id: one.id, reason }, t('people-told-lifted')),
    decide: (one, outcome, answer) => give({ type: `${one.kind}.decide`, id: one.id, outcome, answer }, t('people-told-decided')),
    keep: (one) => give(one.kind === 'question' ? { type: 'question.keep', id: one.id } : { type: 'comment.approve', id: one.id }, t('people-told-kept')),
  }
}
