/* What the server tells the studio beside the room: how the stream is kept, which screens of the hall are on the line,
   how residents receive it. Asked every few seconds; what comes by air is fresher and stands over it. */
import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { ask } from '@/session'
import type { Store } from '@/store'

export interface Encoder { state: 'off' | 'waiting' | 'measuring' | 'on', keyframes_s: number | null, refused: { code: string, at: number } | null }
export interface Push { state: 'off' | 'connecting' | 'on' | 'waiting' | 'held', to: string, why: string | null, viewers: number | null, on: boolean }

/** What the server says of the stream to those who may publish. */
export interface ServerHealth {
  state: string
  holder: string
  disk_free: number
  unrecorded: boolean
  recorded_s: number
  bad_input: number
  bitrate: number
  /** How many viewers the line carries at each quality; absent where nobody said how much it carries. */
  carries?: { picture: number, thin: number, sound: number } | null
  encoder?: Encoder
  push?: Push | null
}

export interface Hall {
  pages: Partial<Record<'screen' | 'captions' | 'desk' | 'studio', number>>
  proof: { seq: number, link: string }
  address: string | null
  code: string | null
}

/** How many receive what, over the last half minute. */
export interface Received { picture: number, thin: number, sound: number, none: number, stalls: number, behind_ms: number | null }

export interface Backstage {
  server: ComputedRef<ServerHealth | null>
  hall: ShallowRef<Hall | null>
  may: ShallowRef<boolean>
  received: ComputedRef<Received | null>
  look: () => Promise<void>
}

const LOOK_MS = 5_000

export function useBackstage(store: Store, path: string): Backstage {
  const polled = shallowRef<ServerHealth | null>(null)
  const hall = shallowRef<Hall | null>(null)
  const server = computed(() => (polled.value || store.air.stream ? { ...polled.value, ...store.air.stream } as ServerHealth : null))
  /** False: the server lets this person look on, not broadcast. */
  const may = shallowRef(true)
  const received = computed(() => (store.air as { quality?: Received | null }).quality ?? null)

  async function look(): Promise<void> {
    const [stream, around] = await Promise.all([
      ask<ServerHealth>(path), ask<Hall>(`/api/records/${encodeURIComponent(store.record)}/backstage`),
    ])
    if (stream.ok !== false) polled.value = stream
    may.value = stream.ok !== false || around.ok === false
    if (around.ok !== false) hall.value = around
  }

  let timer = 0
  onMounted(() => {
    void look()
    timer = window.setInterval(() => void look(), LOOK_MS)
  })
  onBeforeUnmount(() => clearInterval(timer))
  return { server, hall, may, received, look }
}
