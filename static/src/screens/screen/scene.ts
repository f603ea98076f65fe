/* Which picture the hall sees, told by the record and the server's clock alone: a reload shows the same. */
import { computed, type ComputedRef, type Ref } from 'vue'
import type { Store } from '@/store'
import type { AgendaItem, Poll, Question } from '@/things'

export type Scene =
  | { view: 'waiting' | 'break' | 'over' | 'agenda' }
  | { view: 'question', question: Question }
  | { view: 'poll' | 'result', poll: Poll }

/** How long the result of a poll stands, unless something is taken up sooner. */
const RESULT_MS = 120_000
const BEFORE = ['draft', 'announced', 'postponed', 'cancelled', 'lobby']

export interface Hall {
  scene: ComputedRef<Scene>
  onAir: ComputedRef<Question | undefined>
  openPoll: ComputedRef<Poll | undefined>
  agenda: ComputedRef<AgendaItem[]>
  next: ComputedRef<Question[]>
}

/** Questions named beside the one on air. */
const AHEAD = 3

export function useHall(store: Store, now: Ref<number>): Hall {
  const phase = computed(() => store.get('meeting')?.phase ?? 'draft')
  const onAir = computed(() => store.all('question').find((one) => one.state === 'on_air'))
  const polls = computed(() => store.all('poll'))
  const openPoll = computed(() => polls.value.find((one) => one.state === 'open'))
  const agenda = computed(() => store.all('agenda_item').sort((a, b) => a.position - b.position))
  const latest = computed(() => polls.value.filter((one) => one.state === 'closed').sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0))[0])

  const scene = computed<Scene>(() => {
    if (BEFORE.includes(phase.value)) return { view: 'waiting' }
    if (phase.value === 'paused') return { view: 'break' }
    if (phase.value !== 'live') return { view: 'over' }
    const began = onAir.value?.on_air_at ?? 0
    const poll = openPoll.value
    if (poll && (poll.opened_at ?? 0) > began) return { view: 'poll', poll }
    const result = latest.value
    const closed = result?.closed_at ?? 0
    const taken = Math.max(began, ...agenda.value.map((item) => item.opened_at ?? 0))
    if (result && closed > taken && now.value - closed < RESULT_MS) return { view: 'result', poll: result }
    return onAir.value ? { view: 'question', question: onAir.value } : { view: 'agenda' }
  })
  return {
    scene, onAir, openPoll, agenda,
    next: computed(() => (store.get('queue')?.order ?? []).map((id) => store.get('question', id))
      .filter((one): one is Question => one !== undefined).slice(0, AHEAD)),
  }
}
