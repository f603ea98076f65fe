/* What the desk does, in commands, and how to take it back within ten seconds where the record has the exact opposite. */
import { t } from '@/i18n'
import { newId } from '@/ids'
import { tell } from '@/notices'
import type { Store } from '@/store'
import type { Question, Wish } from '@/things'

/** How long something can be taken back. */
const UNDO_MS = 10_000

export type Give = (wish: Wish, how?: { done?: string }, tries?: number) => Promise<boolean>
interface Done { at: number, back: (() => Promise<unknown>) | null }

export type Back = { way: 'hide' | 'reject', reason: string }

/** Why a text is handed back: to be written anew, or refused. The words of the record; off topic is none. */
export const BACKS: readonly Back[] = [
  { way: 'hide', reason: 'rude' },
  { way: 'hide', reason: 'personal_data' },
  { way: 'hide', reason: 'duplicate' },
  { way: 'hide', reason: 'unclear' },
  { way: 'hide', reason: 'other' },
  { way: 'reject', reason: 'advert' },
  { way: 'reject', reason: 'personal_data' },
  { way: 'reject', reason: 'unlawful' },
]
export const COMMENT_REASONS = ['rude', 'personal_data', 'advert', 'unlawful', 'duplicate', 'unclear', 'other'] as const
export const MUTE_REASONS = ['rude', 'flooding', 'personal_data', 'advert', 'other'] as const

export function useDeeds(store: Store, give: Give) {
  const done: Done[] = []

  /** Give the same command about each id; what can be taken back is offered for ten seconds. */
  const each = async (ids: readonly string[], wish: (id: string) => Wish, opposite?: (id: string) => Wish | null, told?: string): Promise<boolean> => {
    const went: string[] = []
    // One after the other: in the order of the cards, and never faster than the server wishes.
    for (const id of ids) if (await give(wish(id))) went.push(id)
    if (!went.length) return false
    const wishes = opposite ? went.map(opposite).filter((one): one is Wish => one !== null) : []
    const back = wishes.length ? async () => { for (const one of wishes) await give(one) } : null
    const deed: Done = { at: Date.now(), back }
    done.push(deed)
    if (told) tell(told, 'good', back ? { words: t('common-undo'), act: () => void takeBack(deed) } : undefined)
    return went.length === ids.length
  }

  const takeBack = async (deed: Done): Promise<void> => {
    const at = done.indexOf(deed)
    if (at < 0) return
    done.splice(at, 1)
    if (Date.now() - deed.at > UNDO_MS) return tell(t('desk-undo-late'))
    if (!deed.back) return tell(t('desk-undo-none'))
    await deed.back()
    tell(t('desk-undo-done'), 'good')
  }

  const question = (id: string): Question | undefined => store.get('question', id)
  const order = (): string[] => store.get('queue')?.order ?? []

  return {
    undo: (): void => {
      const last = done[done.length - 1]
      if (last) void takeBack(last)
      else tell(t('desk-undo-nothing'))
    },

    approve: (ids: readonly string[], text?: string, reason?: string) =>
      each(ids, (id) => ({ type: 'question.approve', id, ...(text ? { text } : {}), ...(reason ? { reason } : {}) })),
    turnBack: (ids: readonly string[], { way, reason }: Back) =>
      each(ids, (id) => ({ type: `question.${way}`, id, reason }), undefined, t('desk-told-back', { n: ids.length })),
    /** Put under a like one. A root that still waits is passed first: a merged question is public and names it. */
    merge: async (ids: readonly string[], into: string): Promise<boolean> => {
      const going = ids.filter((id) => id !== into)
      const waits = ['pending_review', 'appealed'].includes(question(into)?.state ?? '')
      if (waits && !(await give({ type: 'question.approve', id: into }))) return false
      return each(going, (id) => ({ type: 'question.merge', id, into }),
        (id) => ({ type: 'question.unmerge', id }), t('desk-told-merged', { number: question(into)?.number ?? '' }))
    },
    unmerge: (id: string) => each([id], () => ({ type: 'question.unmerge', id })),
    assign: (ids: readonly string[], to: string | null) => {
      const before = new Map(ids.map((id) => [id, question(id)?.assigned ?? null]))
      return each(ids, (id) => ({ type: 'question.assign', id, to }), (id) => ({ type: 'question.assign', id, to: before.get(id) ?? null }),
        t('desk-told-assigned'))
    },
    pin: (ids: readonly string[]) => {
      const on = !ids.every((id) => question(id)?.pinned)
      return each(ids, (id) => ({ type: 'question.pin', id, on }), (id) => ({ type: 'question.pin', id, on: !on }))
    },
    orderBy: (mode: 'support' | 'hand') => {
      const was = { mode: store.get('queue')?.mode ?? 'support', order: order() }
      return each([''], () => ({ type: 'question.order', mode, order: mode === 'hand' ? order() : [] }), () => ({ type: 'question.order', ...was }))
    },
    /** One place up or down, by hand from now on. The two that are locked stay where they are. */
    shift: (id: string, step: 1 | -1) => {
      const list = [...order()]
      const locked = store.get('queue')?.locked ?? []
      const [from, to] = [list.indexOf(id), list.indexOf(id) + step]
      if (from < 0 || locked.includes(id) || to < locked.length || to >= list.length) return Promise.resolve(false)
      const was = { mode: store.get('queue')?.mode ?? 'support', order: [...list] }
      ;[list[from], list[to]] = [list[to]!, list[from]!]
      return each([id], () => ({ type: 'question.order', mode: 'hand', order: list }), () => ({ type: 'question.order', ...was }))
    },

    call: (id: string) => each([id], () => ({ type: 'question.call', id }), () => ({ type: 'question.put_back', id })),
    putBack: (id: string) => each([id], () => ({ type: 'question.put_back', id }), () => ({ type: 'question.call', id })),
    finish: (id: string) => each([id], () => ({ type: 'question.finish', id }), undefined, t('desk-told-finished')),
    defer: (id: string, until: number) => each([id], () => ({ type: 'question.defer', id, until }), undefined, t('desk-told-deferred')),
    convert: (ids: readonly string[]) => each(ids, (id) => ({ type: 'question.convert', id }), undefined, t('desk-told-converted')),

    startAnswer: (onAir: string, by: string) => give({ type: 'answer.start', id: newId(store.now()), question: onAir, by }),
    stopAnswer: (id: string) => give({ type: 'answer.stop', id }),

    passComments: (ids: readonly string[], reason?: string) =>
      each(ids, (id) => ({ type: 'comment.approve', id, ...(reason ? { reason } : {}) })),
    removeComment: (id: string, reason: string) =>
      each([id], () => ({ type: 'comment.remove', id, reason }), () => ({ type: 'comment.approve', id }), t('desk-told-removed')),
    slow: (seconds: number) => give({ type: 'comment.pause', seconds }, { done: t('desk-told-slow', { seconds }) }),

    warn: (person: string, reason: string) => give({ type: 'person.warn', person, reason }, { done: t('desk-told-warned') }),
    mute: (person: string, until: number | null, reason: string) =>
      each([person], () => ({ type: 'person.mute', person, until, reason }), () => ({ type: 'person.unmute', person }), t('desk-told-muted')),
    unmute: (person: string) => give({ type: 'person.unmute', person }, { done: t('desk-told-unmuted') }),

    set: (values: Record<string, unknown>) => give({ type: 'meeting.set', ...values }),
    meeting: (verb: string, values: Record<string, unknown> = {}) => give({ type: `meeting.${verb}`, ...values }),
    stream: (verb: 'hold' | 'resume') => give({ type: `stream.${verb}` }),
    agenda: (verb: 'open' | 'close', id: string) => give({ type: `agenda.${verb}`, id }),
    poll: (verb: 'open' | 'close', id: string) => give({ type: `poll.${verb}`, id }),
    draftPoll: async (values: Record<string, unknown>, open: boolean): Promise<boolean> => {
      const id = newId(store.now())
      if (!(await give({ type: 'poll.draft', id, ...values }))) return false
      return open ? give({ type: 'poll.open', id }) : true
    },

    recordOutcome: (values: Record<string, unknown>) =>
      give({ type: 'outcome.record', id: newId(store.now()), ...values }, { done: t('desk-told-outcome') }),
    amendOutcome: (values: Record<string, unknown>) => give({ type: 'outcome.amend', ...values }, { done: t('desk-told-outcome') }),
  }
}

export type Deeds = ReturnType<typeof useDeeds>
