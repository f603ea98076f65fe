/* What stands in the columns of the desk, read from the room. Sorts and filters for the eye; decides nothing. */
import { computed, type ComputedRef } from 'vue'
import type { Store } from '@/store'
import type { AgendaItem, Answer, Caption, Comment, Outcome, Person, Poll, Question } from '@/things'

const STAFF_ROLES = ['host', 'moderator', 'secretary', 'technician', 'screen', 'system', 'admin']
const ENDED = ['answered', 'answered_written', 'deferred', 'converted']
const BACK = ['hidden', 'rejected']

const NONE: Question[] = []

export interface Lists {
  /** Waiting for review, objections to a merging among them; oldest first. */
  review: ComputedRef<Question[]>
  /** In the server's order. */
  queue: ComputedRef<Question[]>
  locked: ComputedRef<string[]>
  onAir: ComputedRef<Question | undefined>
  /** Came to an end, the latest first. */
  ended: ComputedRef<Question[]>
  /** Handed back, the latest first: the way to change one's mind. */
  back: ComputedRef<Question[]>
  comments: ComputedRef<Comment[]>
  plates: ComputedRef<Person[]>
  /** Those who may answer. */
  answerers: ComputedRef<Person[]>
  polls: ComputedRef<Poll[]>
  agenda: ComputedRef<AgendaItem[]>
  captions: ComputedRef<Caption[]>
  outcomes: ComputedRef<Outcome[]>
  /** Answers to a question, in the order in which they began. */
  answers: (question: string) => Answer[]
  /** Who is answering now. */
  speaking: ComputedRef<Answer | undefined>
  mergedInto: (question: string) => Question[]
  /** The how-manieth question of its author this is, 1 for the first. */
  turn: (question: Question) => number
}

const oldest = (a: { at: number, id: string }, b: { at: number, id: string }): number => a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id))

/** Its author says it is another question than the one it was merged into, and nobody has decided yet. */
export const objected = (question: Question): boolean => question.state === 'merged' && Boolean(question.objection) && !question.merge_kept

export function useLists(store: Store): Lists {
  const questions = computed(() => store.all('question'))
  const inState = (...states: string[]): Question[] => questions.value.filter((one) => states.includes(one.state))
  const latest = (list: Question[]): Question[] => list.sort((a, b) => (b.ended_at ?? b.at) - (a.ended_at ?? a.at))
  const answers = computed(() => store.all('answer').sort(oldest))
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  const plates = computed(() => store.all('person').filter((one) => one.role).sort(byId))
  const under = computed(() => {
    const found = new Map<string, Question[]>()
    questions.value.forEach((one) => { if (one.merged_into) found.set(one.merged_into, [...(found.get(one.merged_into) ?? []), one]) })
    return found
  })
  return {
    review: computed(() => inState('pending_review').concat(inState('merged').filter(objected)).sort(oldest)),
    queue: computed(() => (store.get('queue')?.order ?? [])
      .map((id) => store.get('question', id)).filter((one): one is Question => one !== undefined)),
    locked: computed(() => store.get('queue')?.locked ?? []),
    onAir: computed(() => inState('on_air')[0]),
    ended: computed(() => latest(inState(...ENDED))),
    back: computed(() => latest(inState(...BACK))),
    comments: computed(() => store.comments()),
    plates,
    answerers: computed(() => plates.value.filter((one) => !STAFF_ROLES.includes(one.role ?? ''))),
    polls: computed(() => store.all('poll').sort(byId)),
    agenda: computed(() => store.all('agenda_item').sort((a, b) => a.position - b.position)),
    captions: computed(() => store.all('caption').sort(oldest)),
    outcomes: computed(() => store.all('outcome').sort(oldest)),
    answers: (question) => answers.value.filter((one) => one.question === question),
    speaking: computed(() => answers.value.find((one) => one.started_at !== null && one.stopped_at === null)),
    mergedInto: (question) => under.value.get(question) ?? NONE,
    turn: (question) => questions.value
      .filter((one) => one.person === question.person && one.channel === 'online' && oldest(one, question) <= 0).length,
  }
}
