/* Who may be speaking: those on the agenda first, then the others with a badge, then whoever the scribe named.
   A voice keeps its key for the whole meeting: fingers learn it. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { keep, kept } from '@/kept'
import type { Store } from '@/store'
import type { Person } from '@/things'

export interface Voice {
  key: string
  name: string
  /** What stands beside the name: a badge or an office. */
  about: Person | null
  /** The fields of the caption. */
  as: { speaker: string } | { speaker_name: string }
}

const KEYS_MOST = 9
const HOUSE = ['moderator', 'technician', 'screen', 'secretary', 'system', 'admin']

const plated = (one: Person): Voice => ({ key: one.id, name: one.name ?? '', about: one, as: { speaker: one.id } })
const named = (name: string): Voice => ({ key: `name ${name}`, name, about: null, as: { speaker_name: name } })

export interface Voices {
  list: ComputedRef<Voice[]>
  /** The voice a digit stands for, 1 to 9. */
  at: (digit: number) => Voice | undefined
  current: Ref<string | null>
  voice: ComputedRef<Voice | undefined>
  add: (name: string) => void
}

export function useVoices(store: Store): Voices {
  const drawer = `captions.names.${store.record}`
  const names = ref<string[]>(kept(drawer, []))
  watch(names, (now) => keep(drawer, now.length ? now : null), { deep: true })

  const list = computed(() => {
    const plates = store.all('person').filter((one) => one.role && one.name)
    const items = store.all('agenda_item').sort((a, b) => a.position - b.position)
    const leads = items.flatMap((item) => plates.filter((one) => one.id === item.lead))
    const guests = items.filter((item) => !item.lead && item.lead_name).map((item) => item.lead_name!)
    const hosts = plates.filter((one) => one.role === 'host')
    const others = plates.filter((one) => !HOUSE.includes(one.role!)).sort((a, b) => (a.id < b.id ? -1 : 1))
    const all = [...[...hosts, ...leads, ...others].map(plated), ...[...guests, ...names.value].map(named)]
    return all.filter((one, place) => all.findIndex((other) => other.key === one.key || (!one.about && other.name === one.name)) === place)
  })
  const current = ref<string | null>(null)
  const voice = computed(() => list.value.find((one) => one.key === current.value))

  // Whoever begins to answer is speaking; the scribe may say otherwise.
  const answering = computed(() => store.all('answer').find((one) => one.started_at !== null && one.stopped_at === null)?.by)
  watch(answering, (by) => { if (by && list.value.some((one) => one.key === by)) current.value = by }, { immediate: true })

  return {
    list,
    at: (digit) => (digit <= KEYS_MOST ? list.value[digit - 1] : undefined),
    current,
    voice,
    add: (name) => {
      const plain = name.trim().slice(0, 24)
      if (!plain) return
      const known = list.value.find((one) => one.name === plain)
      if (!known) names.value = [...names.value, plain]
      current.value = known?.key ?? named(plain).key
    },
  }
}
