/* Which motion a tab is about: the one the address names, else the only one it could be. */
import { computed, type ComputedRef } from 'vue'
import { useRoom } from '@/room'
import type { Motion, MotionState } from '@/votes'
import { thing } from './frame'

export function useMotion(states: MotionState[]): { motions: ComputedRef<Motion[]>, motion: ComputedRef<Motion | undefined> } {
  const { store } = useRoom()
  const motions = computed(() => store.all('motion').filter((one) => states.includes(one.state))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || (a.closes_at ?? 0) - (b.closes_at ?? 0)))
  const motion = computed(() => motions.value.find((one) => one.id === thing.value) ?? (motions.value.length === 1 ? motions.value[0] : undefined))
  return { motions, motion }
}
