/* Where one is at the docket's desk: the tab and the thing the address names, and who is before the screen. */
import { computed, ref, type ComputedRef } from 'vue'
import { useRoom } from '@/room'
import { first } from '@/session'
import type { Motion, RuleSet } from '@/votes'

export interface Building { name: string, stairs: string[] }
/** `yours`: whoever looks has proved a home there. */
export interface EstatePlace { id: string, name: string, roster: 'owners' | 'households', buildings: Building[], yours: boolean }
export interface Place { id: string, name: string, estates: EstatePlace[] }

/** The community of this docket and its estates. */
export const place = first.place as Place

/** The matters of art. 278 with the class each belongs to, and what it is easily taken for. */
export const items = first.items as { item: number, item_class: 'general' | 'special', class_warning: Motion['class_warning'] }[]

/** The rule sets of places that this release knows, by name. */
export const ruleSets = first.rule_sets as Record<string, RuleSet>

export const estateName = (id: string): string => place.estates.find((one) => one.id === id)?.name ?? id

const hash = ref(location.hash)
addEventListener('hashchange', () => { hash.value = location.hash })

/** #/motions/<id>: the tab and the thing in it; more after it is the tab's own. */
export const path = computed(() => hash.value.split('/').slice(1).map(decodeURIComponent))
export const tabName = computed(() => path.value[0] ?? '')
export const thing = computed(() => path.value[1] ?? '')
export const at = (...names: string[]): string => `#/${names.map(encodeURIComponent).join('/')}`
export const go = (...names: string[]): void => { location.hash = at(...names) }

/** Whether the one before the screen holds one of these roles. */
export function useRoles(): (...roles: string[]) => boolean {
  const { store } = useRoom()
  return (...roles) => roles.some((one) => store.me.value?.roles.includes(one))
}

/** Whether a chair may act on what is under way in an estate: on what they drafted, or where a roster holds their home. */
export function useTheirs(): (estate: string, drafted: boolean | undefined) => boolean {
  const { store } = useRoom()
  const holds = useRoles()
  const listed = (estate: string): boolean => store.all('roster').some((one) => one.estate === estate)
  return (estate, drafted) => drafted || holds('secretary', 'admin') || (place.estates.some((one) => one.id === estate && one.yours) && listed(estate))
}

/** The person before the screen. */
export function usePerson(): ComputedRef<string> {
  const { store } = useRoom()
  return computed(() => store.me.value?.person ?? '')
}
