/* Which motion a tab is about: the one the address names, else the one chosen at another tab, else the one that is
   open, else the only one it could be. */
import { computed, ref, watch, type ComputedRef } from 'vue'
import { useRoom } from '@/room'
import type { Motion, MotionState } from '@/votes'
import { thing } from './frame'

const chosen = ref('')

/** Whoever reads a paper knows whose it is: an anonymous poll has none, and nothing to serve. */
export const onPaper = (motion: Motion): boolean => motion.mode !== 'anonymous'

export function useMotion(states: MotionState[], fits: (motion: Motion) => boolean = () => true): { motions: ComputedRef<Motion[]>, motion: ComputedRef<Motion | undefined> } {
  const { store } = useRoom()
  const motions = computed(() => store.all('motion').filter((one) => states.includes(one.state) && fits(one))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || (a.closes_at ?? 0) - (b.closes_at ?? 0)))
  const called = (id: string): Motion | undefined => motions.value.find((one) => one.id === id)
  const open = computed(() => motions.value.filter((one) => one.state === 'open'))
  const motion = computed(() => called(thing.value) ?? called(chosen.value)
    ?? (open.value.length === 1 ? open.value[0] : motions.value.length === 1 ? motions.value[0] : undefined))
  watch(() => called(thing.value)?.id, (id) => { if (id) chosen.value = id }, { immediate: true })
  return { motions, motion }
}
