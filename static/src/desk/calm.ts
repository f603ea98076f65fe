/* What changes fifty times a second, looked at four times a second: a busy room must not cost a key press. */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

const PAUSE_MS = 250

/**
 * The value of `read`, fetched anew at most once in a while after `changed` moved.
 * @param changed cheap to look at, unlike what is read
 */
export function useCalm<T>(changed: Ref<unknown> | (() => unknown), read: () => T): Readonly<ShallowRef<T>> {
  const seen = shallowRef(read())
  let timer = 0
  let last = performance.now()
  const fetch = (): void => {
    timer = 0
    last = performance.now()
    seen.value = read()
  }
  watch(changed, () => {
    if (timer) return
    timer = window.setTimeout(fetch, Math.max(0, last + PAUSE_MS - performance.now()))
  }, { flush: 'sync' })
  onScopeDispose(() => clearTimeout(timer))
  return seen
}
