/* How a wish looks before the record has it, so that a press answers at once. Only looks: no rule is known here,
   and whatever the server says replaces it. */
import type { Comment, Intent, Mine, Question } from './things'

const NOBODY: Mine = {
  supports: [], choices: {}, way: null, shown: null, muted: false, muted_until: null, mute_reason: null,
  suspended_until: null, suspend_reason: null, pause_seconds: 0, pause_reason: null, slow_until: null,
}

const is = (intent: Intent, ...types: string[]): boolean => types.includes(intent.wish.type)

export function mineWith(mine: Mine | undefined, intents: Intent[]): Mine {
  const base = mine ?? NOBODY
  const touched = intents.filter((intent) => is(intent, 'question.upvote', 'poll.answer', 'person.show_as'))
  if (!touched.length) return base
  const seen = { ...base, supports: [...base.supports], choices: { ...base.choices } }
  for (const { wish } of touched) {
    const id = String(wish.id)
    if (wish.type === 'poll.answer') seen.choices[id] = wish.choice as number
    else if (wish.type === 'person.show_as') seen.way = wish.way as Mine['way']
    else seen.supports = seen.supports.filter((one) => one !== id).concat(wish.on ? [id] : [])
  }
  return seen
}

/** Questions and comments written here that the record does not have yet. */
export function unsentQuestions(intents: Intent[], shown: string): Question[] {
  return intents.filter((intent) => is(intent, 'question.ask')).map(({ wish, at }) => ({
    id: String(wish.id), number: null, kind: (wish.kind ?? 'ask') as Question['kind'], text: String(wish.text), shown,
    channel: 'online', to: (wish.to as string | undefined) ?? null, state: 'pending_review', at, pinned: false, assigned: null,
    merged_into: null, on_air_at: null, ended_at: null, due: null, slip: null, answer_ids: [], edited: false, unsent: true,
  }))
}

export function unsentComments(intents: Intent[], shown: string): Comment[] {
  return intents.filter((intent) => is(intent, 'comment.post')).map(({ wish, at }) => ({
    id: String(wish.id), text: String(wish.text), shown, at, mine: true, unsent: true,
  }))
}

/** What a later wish makes pointless: the same question supported and not, the same poll answered again. */
export function sameMatter(wish: Intent['wish']): string | null {
  if (wish.type === 'question.upvote' || wish.type === 'poll.answer') return `${wish.type}:${String(wish.id)}`
  if (wish.type === 'person.show_as') return wish.type
  return null
}
