/* What the desk does, in commands, each told by which number of the room it was decided on; and how to take it back
   within ten seconds, for all that one press did. */
import { t } from '@/i18n'
import { newId } from '@/ids'
import { tell } from '@/notices'
import { say } from '@/say'
import type { Store } from '@/store'
import type { Ack, Question, Wish } from '@/things'

/** How long something can be taken back. */
const UNDO_MS = 10_000
/** Commands on their way at a time, where one press gives many. */
const ABREAST = 12

export type Give = (wish: Wish, how?: { done?: string, quiet?: boolean }) => Promise<Ack>
/** How a command that went through is taken back; null: not at once. */
type Back = (id: string, seq: number) => Wish | null
interface Done { at: number, backs: { id: string, wish: Wish }[] }
interface How { told?: string, back?: Back, seen?: boolean }

export type Reason = { way: 'hide' | 'reject', reason: string }

/** Why a text is handed back: to be written anew, or refused. The words of the record; off topic is none. */
export const BACKS: readonly Reason[] = [
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

/** What the deeds have to know of the desk they are done at. */
export interface Hands {
  /** The number of the room by which this thing was judged. */
  seen: (id: string) => number
  /** What became of a deed about this card, where it did not come about. */
  failed: (id: string, ack: Ack) => void
}

const undoOf = (kind: string): Back => (id, of) => ({ type: 'desk.undo', thing: `${kind}:${id}`, of })

export function useDeeds(store: Store, give: Give, hands: Hands) {
  const done: Done[] = []
  /** What is not answered yet: whoever takes back at once means that too. */
  const underWay = new Set<Promise<unknown>>()

  /** One after the other in breaths of a few; the answers in the order of the wishes. */
  const giveAll = async (wishes: readonly Wish[]): Promise<Ack[]> => {
    const acks: Ack[] = []
    for (let at = 0; at < wishes.length; at += ABREAST) {
      acks.push(...await Promise.all(wishes.slice(at, at + ABREAST).map((wish) => give(wish, { quiet: true }))))
    }
    return acks
  }

  /** Give the same command about each id; what went through is taken back together, what did not is told on its card. */
  const each = (...deed: Parameters<typeof all>): Promise<boolean> => {
    const run = all(...deed)
    underWay.add(run)
    void run.finally(() => underWay.delete(run))
    return run
  }

  const all = async (ids: readonly string[], wish: (id: string) => Wish, { told, back = undoOf('question'), seen = true }: How = {}): Promise<boolean> => {
    const acks = await giveAll(ids.map((id) => (seen ? { ...wish(id), seen: hands.seen(id) } : wish(id))))
    const backs: Done['backs'] = []
    ids.forEach((id, at) => {
      const ack = acks[at]!
      if (!ack.ok) return hands.failed(id, ack)
      const opposite = back(id, ack.seq)
      if (opposite) backs.push({ id, wish: opposite })
    })
    const went = acks.filter((ack) => ack.ok).length
    if (went < ids.length) tell(ids.length === 1 ? say(acks[0]!) : t('desk-told-some', { went, of: ids.length }), 'bad')
    if (backs.length) remember(backs, told)
    else if (told && went) tell(told, 'good')
    return went === ids.length
  }

  const remember = (backs: Done['backs'], told?: string): void => {
    const deed: Done = { at: Date.now(), backs }
    done.push(deed)
    if (told) tell(told, 'good', { words: t('common-undo'), act: () => void takeBack(deed) })
  }

  const takeBack = async (deed: Done): Promise<void> => {
    const at = done.indexOf(deed)
    if (at < 0) return
    done.splice(at, 1)
    if (Date.now() - deed.at > UNDO_MS) return tell(t('desk-undo-late'))
    const backs = [...deed.backs].reverse()
    const acks = await giveAll(backs.map((one) => one.wish))
    const failed = backs.filter((one, n) => !acks[n]!.ok && (hands.failed(one.id, acks[n]!), true))
    if (!failed.length) tell(t('desk-undo-done'), 'good')
    else if (backs.length === 1) tell(say(acks[0]!), 'bad')
    else tell(t('desk-undo-some', { went: backs.length - failed.length, of: backs.length }), 'bad')
  }

  const question = (id: string): Question | undefined => store.get('question', id)
  const order = (): string[] => store.get('queue')?.order ?? []
  const give1 = async (wish: Wish, how?: { done?: string }): Promise<boolean> => (await give(wish, how)).ok
  /** Of a thing there is only one of. */
  const only = (thing: string): Back => (_, of) => ({ type: 'desk.undo', thing, of })
  const reorder = (mode: 'support' | 'hand', list: string[]): Promise<boolean> =>
    each(['queue'], () => ({ type: 'question.order', mode, order: list }), { back: only('queue'), told: t('desk-told-ordered') })

  return {
    undo: async (): Promise<void> => {
      while (underWay.size) await Promise.allSettled(underWay)
      const last = done[done.length - 1]
      if (last) await takeBack(last)
      else tell(t('desk-undo-nothing'))
    },

    approve: (ids: readonly string[], text?: string, reason?: string) =>
      each(ids, (id) => ({ type: 'question.approve', id, ...(text ? { text } : {}), ...(reason ? { reason } : {}) }),
        { told: t('desk-told-passed', { n: ids.length }) }),
    turnBack: (ids: readonly string[], { way, reason }: Reason) =>
      each(ids, (id) => ({ type: `question.${way}`, id, reason }), { told: t('desk-told-back', { n: ids.length }) }),
    /** Put under a like one. A root that still waits is passed first: a merged question is public and names it. */
    merge: async (ids: readonly string[], into: string): Promise<boolean> => {
      const going = ids.filter((id) => id !== into)
      const waits = question(into)?.state === 'pending_review'
      if (waits && !(await each([into], (id) => ({ type: 'question.approve', id })))) return false
      const passed = waits ? done.pop() : undefined
      const earlier = done[done.length - 1]
      const went = await each(going, (id) => ({ type: 'question.merge', id, into }), { told: t('desk-told-merged', { number: question(into)?.number ?? '' }) })
      const last = done[done.length - 1]
      // Where nothing was merged, passing is a deed of its own: the one before it is another's business.
      if (passed && last && last !== earlier) last.backs.unshift(...passed.backs)
      else if (passed) done.push(passed)
      return went
    },
    unmerge: (ids: readonly string[]) => each(ids, (id) => ({ type: 'question.unmerge', id }), { told: t('desk-told-unmerged', { n: ids.length }) }),
    keepMerged: (id: string) => each([id], () => ({ type: 'question.keep_merged', id }), { told: t('desk-told-kept') }),
    assign: (ids: readonly string[], to: string | null) =>
      each(ids, (id) => ({ type: 'question.assign', id, to }), { told: t('desk-told-assigned') }),
    label: (ids: readonly string[], label: string | null) =>
      each(ids, (id) => ({ type: 'question.label', id, label }), { told: t('desk-told-labelled', { n: ids.length }) }),
    addLabel: async (title: string): Promise<string | null> => {
      const id = newId(store.now())
      return await each([id], () => ({ type: 'label.add', id, title }), { back: undoOf('label'), seen: false }) ? id : null
    },
    removeLabel: (id: string) => each([id], () => ({ type: 'label.remove', id }), { back: undoOf('label'), seen: false, told: t('desk-told-label-gone') }),
    pin: (ids: readonly string[]) => {
      const on = !ids.every((id) => question(id)?.pinned)
      return each(ids, (id) => ({ type: 'question.pin', id, on }), { told: t(on ? 'desk-told-pinned' : 'desk-told-unpinned') })
    },
    orderBy: (mode: 'support' | 'hand') => reorder(mode, mode === 'hand' ? order() : []),
    /** One place up or down, by hand from now on. The two that are locked stay where they are. */
    shift: (id: string, step: 1 | -1) => {
      const list = [...order()]
      const locked = store.get('queue')?.locked ?? []
      const [from, to] = [list.indexOf(id), list.indexOf(id) + step]
      if (from < 0 || locked.includes(id) || to < locked.length || to >= list.length) return Promise.resolve(false)
      ;[list[from], list[to]] = [list[to]!, list[from]!]
      return reorder('hand', list)
    },

    call: (id: string) => each([id], () => ({ type: 'question.call', id }), { told: t('desk-told-called') }),
    putBack: (id: string) => each([id], () => ({ type: 'question.put_back', id }), { told: t('desk-told-put-back') }),
    finish: (id: string) => each([id], () => ({ type: 'question.finish', id }), { told: t('desk-told-finished') }),
    defer: (id: string, until: number) => each([id], () => ({ type: 'question.defer', id, until }), { told: t('desk-told-deferred') }),
    convert: (ids: readonly string[], reason?: string) =>
      each(ids, (id) => ({ type: 'question.convert', id, ...(reason ? { reason } : {}) }), { told: t('desk-told-converted') }),

    startAnswer: (onAir: string, by: string) => give1({ type: 'answer.start', id: newId(store.now()), question: onAir, by }),
    stopAnswer: (id: string) => give1({ type: 'answer.stop', id }),

    passComments: (ids: readonly string[], reason?: string) =>
      each(ids, (id) => ({ type: 'comment.approve', id, ...(reason ? { reason } : {}) }), { back: undoOf('comment') }),
    removeComment: (id: string, reason: string) =>
      each([id], () => ({ type: 'comment.remove', id, reason }), { back: undoOf('comment'), told: t('desk-told-removed') }),
    slow: (seconds: number) =>
      each(['discussion'], () => ({ type: 'comment.pause', seconds }), { back: only('discussion'), seen: false, told: t('desk-told-slow', { seconds }) }),


    set: (values: Record<string, unknown>) => give1({ type: 'meeting.set', ...values }),
    meeting: (verb: string, values: Record<string, unknown> = {}) => give1({ type: `meeting.${verb}`, ...values }),
    stream: (verb: 'hold' | 'resume') => give1({ type: `stream.${verb}` }),
    agenda: (verb: 'open' | 'close', id: string) => give1({ type: `agenda.${verb}`, id }),
    openPoll: (id: string) => give1({ type: 'poll.open', id }),
    /* Sums that only a close shows are not covered again: there is no way back where they were hidden. */
    closePoll: (id: string, wait = false) => {
      const poll = store.get('poll', id)
      const back = poll?.live || (wait && poll?.delay_ms) ? undoOf('poll') : () => null
      return each([id], () => ({ type: 'poll.close', id, ...(wait ? { wait } : {}) }), { back, seen: false, told: t(wait ? 'desk-told-poll-closing' : 'desk-told-poll-closed') })
    },
    draftPoll: async (values: Record<string, unknown>, open: boolean): Promise<boolean> => {
      const id = newId(store.now())
      if (!(await give1({ type: 'poll.draft', id, ...values }))) return false
      return open ? give1({ type: 'poll.open', id }) : true
    },
    /* What is opened in the same press is not to be changed any more, nor changed back. */
    editPoll: async (id: string, values: Record<string, unknown>, open: boolean): Promise<boolean> => {
      const how = open ? { back: () => null } : { back: undoOf('poll'), told: t('desk-told-poll-edited') }
      if (!(await each([id], () => ({ type: 'poll.edit', id, ...values }), how))) return false
      return open ? give1({ type: 'poll.open', id }) : true
    },
    discardPoll: (id: string) => each([id], () => ({ type: 'poll.discard', id }), { back: undoOf('poll'), told: t('desk-told-poll-gone') }),

    recordOutcome: (values: Record<string, unknown>) => {
      const id = newId(store.now())
      return each([id], () => ({ type: 'outcome.record', id, ...values }), { back: undoOf('outcome'), seen: false, told: t('desk-told-outcome') })
    },
    amendOutcome: (values: Record<string, unknown>) => give1({ type: 'outcome.amend', ...values }, { done: t('desk-told-outcome') }),
  }
}

export type Deeds = ReturnType<typeof useDeeds>
