/* Who keeps watch, how texts are reviewed, and what is on its way: read from the room, switched by name. */
import { computed, type ComputedRef } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import { useNow, useRoom } from '@/room'
import { say } from '@/say'
import type { Comment, Question, Reviewing, Voice, Wish } from '@/things'

export const MODES: readonly Reviewing[] = ['before', 'delayed', 'after']
export const TEXTS = ['questions', 'comments'] as const
export const VOICES: readonly Voice[] = ['resident', 'badge']

/** A text that goes out by itself unless somebody stops it. */
export interface OnItsWay { kind: 'question' | 'comment', id: string, text: string, shown: string, due: number }

export function useWatch() {
  const { store, link } = useRoom()
  const review = computed(() => store.get('review'))
  const watching = computed(() => review.value?.watch ?? [])
  const me = computed(() => store.me.value?.person)

  /** Two refusals say more here than their code does. */
  const give = async (wish: Wish, done?: string): Promise<boolean> => {
    const ack = await link.give(wish)
    if (ack.ok) {
      if (done) tell(done, 'good')
    } else if (ack.lacks === 'duty') tell(t('desk-watch-lacks'), 'bad')
    else if (ack.halted) tell(t('desk-watch-halted'), 'bad')
    else if (wish.type === 'review.switch' && typeof ack.mode === 'string') tell(t('desk-watch-other', { name: String(ack.name || ''), mode: t(`desk-review-${ack.mode}`) }), 'bad')
    else tell(say(ack), 'bad')
    return ack.ok
  }

  return {
    review, watching,
    names: computed(() => watching.value.map((one) => one.name).filter(Boolean).join(t('desk-and'))),
    mine: computed(() => watching.value.some((one) => one.person === me.value)),
    mayWatch: computed(() => store.me.value?.roles.some((role) => role === 'moderator' || role === 'secretary') ?? false),
    loose: computed(() => TEXTS.some((texts) => VOICES.some((voice) => (review.value?.[texts][voice] ?? 'before') !== 'before'))),
    mode: (texts: (typeof TEXTS)[number], voice: Voice): Reviewing => review.value?.[texts][voice] ?? 'before',
    begin: () => give({ type: 'duty.begin' }, t('desk-watch-told-begun')),
    end: () => give({ type: 'duty.end' }, t('desk-watch-told-ended')),
    choose: (texts: string, voice: Voice, mode: Reviewing, was: Reviewing) => give({ type: 'review.switch', texts, voice, mode, was }),
    hold: (one: Pick<OnItsWay, 'kind' | 'id'>) => give({ type: `${one.kind}.hold`, id: one.id }, t('desk-way-told')),
  }
}

/** What goes out by itself next, the soonest first. */
export function useOnTheirWay(): { way: ComputedRef<OnItsWay[]>, left: (due: number) => number } {
  const { store } = useRoom()
  const now = useNow()
  const from = (kind: 'question' | 'comment', list: (Question | Comment)[], state: string): OnItsWay[] => list
    .filter((one) => one.state === state && one.due_at)
    .map((one) => ({ kind, id: one.id, text: one.text, shown: one.shown, due: one.due_at! }))
  return {
    way: computed(() => [...from('comment', store.comments(), 'pending'), ...from('question', store.all('question'), 'pending_review')]
      .sort((a, b) => a.due - b.due)),
    left: (due) => Math.max(0, Math.ceil((due - now.value) / 1000)),
  }
}
