/* The heads of a vote as the desk needs them: units, owners, served, returned. Never a choice. Each look at them is a
   line of the record, so they are asked for once a visit. */
import { onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { useRoom } from '@/room'
import { ask } from '@/session'
import { sayWhy } from '@/why'

export interface Head {
  head: string, units: { unit: string, area: string }[], area: string, owners: string[], elected: string[]
  served: Record<string, string>, returned: 'online' | 'paper' | null
}

/** The list of a motion's heads, asked for anew when the motion changes. */
export function useSheet(motion: () => string | undefined): { heads: Ref<Head[]>, trouble: Ref<string>, load: () => Promise<void> } {
  const { store } = useRoom()
  const heads = shallowRef<Head[]>([])
  const trouble = ref('')

  async function load(): Promise<void> {
    const id = motion()
    if (!id) return
    const told = await ask<{ heads?: Head[] }>(`/api/records/${encodeURIComponent(store.record)}/motions/${encodeURIComponent(id)}/sheet`)
    if (motion() !== id) return
    trouble.value = told.heads ? '' : sayWhy(told)
    heads.value = told.heads ?? []
  }

  onMounted(() => void load())
  watch(motion, () => {
    heads.value = []
    void load()
  })
  return { heads, trouble, load }
}

const plain = (text: string): string => text.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z\u4e00-\u9fff]/g, '')

/** The unit somebody means who types 1-1-101, 1 1 101 or 11101; null where none or several could be meant. */
export function unitOf(heads: Head[], typed: string): string | null {
  const units = heads.flatMap((head) => head.units.map((one) => one.unit))
  if (units.includes(typed.trim())) return typed.trim()
  const found = plain(typed) ? units.filter((unit) => plain(unit) === plain(typed)) : []
  return found.length === 1 ? found[0]! : null
}

export const headOf = (heads: Head[], unit: string): Head | undefined => heads.find((head) => head.units.some((one) => one.unit === unit))
