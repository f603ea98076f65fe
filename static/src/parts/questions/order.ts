/* When the list of questions may change its order. The server's order is the truth; a phone only delays showing it:
   never under a finger, never while a question is open, and new ones wait behind a pill until they are asked for. */
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'

const QUIET_MS = 3_000
const APART_MS = 5_000

export interface StableOrder {
  /** What to draw, in this order. */
  shown: Ref<string[]>
  /** How many wait behind the pill. */
  fresh: ComputedRef<number>
  /** Sort now and let the new ones in: the reader asked. */
  sortNow: () => void
}

export function useStableOrder(wanted: () => string[], held: () => boolean): StableOrder {
  const shown = ref<string[]>(wanted())
  const fresh = computed(() => {
    const known = new Set(shown.value)
    return wanted().filter((id) => !known.has(id)).length
  })
  let touchedAt = 0
  let sortedAt = 0
  let fingerDown = false

  const touch = (): void => { touchedAt = Date.now() }
  const down = (): void => { touch(); fingerDown = true }
  const up = (): void => { touch(); fingerDown = false }

  function sortNow(): void {
    sortedAt = Date.now()
    shown.value = wanted()
  }

  function sortIfQuiet(): void {
    const now = Date.now()
    if (fingerDown || held() || now - touchedAt < QUIET_MS || now - sortedAt < APART_MS) return
    sortedAt = now
    const known = new Set(shown.value)
    const next = wanted().filter((id) => known.has(id))
    if (next.join() !== shown.value.join()) shown.value = next
  }

  /* Nothing stands there that could be pushed: let the first ones in. */
  watch(wanted, () => { if (!shown.value.length) sortNow() })

  const how = { passive: true, capture: true }
  const listen: [string, () => void][] = [
    ['pointerdown', down], ['pointerup', up], ['pointercancel', up], ['scroll', touch], ['keydown', touch], ['wheel', touch],
  ]
  listen.forEach(([name, act]) => window.addEventListener(name, act, how))
  const timer = setInterval(sortIfQuiet, 1_000)
  onScopeDispose(() => {
    clearInterval(timer)
    listen.forEach(([name, act]) => window.removeEventListener(name, act, how))
  })
  return { shown, fresh, sortNow }
}
