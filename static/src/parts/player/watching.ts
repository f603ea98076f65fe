/* How one person watches: picture, thin picture or sound alone; when the line is too thin, the offer to change; and
   what is told back of how it goes. */
import { computed, onScopeDispose, reactive, ref, watch, type ComputedRef, type Ref } from 'vue'
import { keep, kept } from '@/kept'

export const WAYS = ['picture', 'thin', 'sound'] as const
export type Way = (typeof WAYS)[number]

export interface Quality { how: Way | 'none', stalls: number, behind_ms: number, buffer_s: number }

/** What a player lets be seen of itself. */
export interface Watched {
  stalls: number
  behind: number
  playing: boolean
  ahead(): number
}

const STALLS = 2
const STALLS_WITHIN_MS = 120_000
const TELL_MS = 15_000

const isWay = (word: unknown): word is Way => WAYS.includes(word as Way)

/** A person who asked the phone to save, or whose line says it is of the slowest kind. */
function slowLine(): boolean {
  const line = (navigator as { connection?: { saveData?: boolean, effectiveType?: string } }).connection
  return Boolean(line?.saveData || /2g/.test(line?.effectiveType ?? ''))
}

export interface Watching {
  how: ComputedRef<Way>
  /** Ways this stream does not have. */
  absent: Set<Way>
  offered: Ref<boolean>
  choose(way: Way): void
  decline(): void
  lacks(): void
}

/** `told`: what the server asks a newcomer to begin with. `tell` takes the quality, about four times a minute. */
export function useWatching(player: Ref<Watched | null>, told: () => unknown, on: () => boolean, tell: (quality: Quality) => void): Watching {
  const chosen = ref<Way | null>(kept<Way | null>('how', null))
  const absent = reactive(new Set<Way>())
  const offered = ref(false)
  /* Settled once, when there is first something to watch: who watches already is not moved. */
  const begun = ref<Way>('picture')
  const stop = watch(on, (is) => {
    if (!is) return
    const said = told()
    begun.value = isWay(said) && said !== 'picture' ? said : slowLine() ? 'thin' : 'picture'
    queueMicrotask(() => stop())
  }, { immediate: true })
  const how = computed<Way>(() => {
    const way = chosen.value ?? begun.value
    return absent.has(way) ? 'picture' : way
  })

  let recent: number[] = []
  watch(() => player.value?.stalls ?? 0, (now, before) => {
    if (now <= before) return
    recent = recent.concat(Date.now()).filter((at) => Date.now() - at < STALLS_WITHIN_MS)
    if (recent.length >= STALLS && how.value !== 'sound') offered.value = true
  })
  watch(on, () => absent.clear())

  let counted = 0
  const say = (): void => {
    const it = player.value
    if (it && on()) {
      const stalls = Math.max(0, it.stalls - counted)
      counted = it.stalls
      tell({
        how: it.playing ? how.value : 'none',
        stalls,
        behind_ms: Math.round(it.behind * 1000),
        buffer_s: Math.round(it.ahead() * 10) / 10,
      })
    }
    timer = window.setTimeout(say, TELL_MS * (0.8 + Math.random() * 0.4))
  }
  let timer = window.setTimeout(say, TELL_MS * Math.random())
  onScopeDispose(() => clearTimeout(timer))

  return {
    how,
    absent,
    offered,
    choose(way) {
      chosen.value = way
      keep('how', way)
      absent.delete(way)
      offered.value = false
      recent = []
    },
    decline() {
      offered.value = false
      recent = []
    },
    lacks() {
      if (how.value !== 'picture') absent.add(how.value)
    },
  }
}
