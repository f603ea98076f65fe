/* The stop of picture and words, as desk and studio press it: what stands still, and how it is given back. */
import { computed } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import { useGive, useRoom } from '@/room'

/** Why: the words of the record. */
export const REASONS = ['check', 'unlawful', 'personal_data', 'disorder', 'fault'] as const

export function useHalt() {
  const { store } = useRoom()
  const give = useGive()
  const halt = computed(() => store.get('halt'))
  const roles = computed(() => store.me.value?.roles ?? [])
  return {
    halt,
    mayPress: computed(() => ['lobby', 'live', 'paused'].includes(store.get('meeting')?.phase ?? '')),
    /** Words are the desk's to give back, the picture the technician's too. */
    mayLiftWords: computed(() => roles.value.some((role) => ['host', 'moderator', 'secretary'].includes(role))),
    /** One press; pressing again while it stands changes nothing but the reason. */
    stop: async (reason: string = REASONS[0]): Promise<void> => {
      if (await give({ type: 'halt.begin', reason })) tell(t('halt-told'), 'good')
    },
    lift: async (parts: { words: boolean, picture: boolean }): Promise<void> => {
      if (await give({ type: 'halt.lift', ...parts })) tell(t(parts.words && parts.picture ? 'halt-told-lifted' : parts.words ? 'halt-told-words' : 'halt-told-picture'), 'good')
    },
  }
}
