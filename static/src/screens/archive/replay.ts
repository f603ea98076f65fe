/* The recording on this page: VOD by HLS in the shared player, laid over the plain <video> the server drew. */
import { createApp, h, ref } from 'vue'
import Replay from '@/parts/player/Replay.vue'

export interface Replaying {
  /** Seconds played so far; told about four times a second. */
  onTime: (hear: (second: number) => void) => void
  /** Go to a second and play from there. */
  jump: (second: number) => void
  now: () => number
}

interface Player { seek: (second: number) => void, play: () => void }

/** The second an address asks for: ?t=1745, or #t=1745 from an older link. */
export function wantedSecond(): number {
  const asked = new URLSearchParams(location.search).get('t') ?? /^#t=(\d+)/.exec(location.hash)?.[1] ?? ''
  const second = Number.parseFloat(asked)
  return Number.isFinite(second) && second > 0 ? second : 0
}

export function openReplay(): Replaying | null {
  const place = document.getElementById('player')
  if (!place) return null
  const track = place.querySelector('track')?.src
  const hears: ((second: number) => void)[] = []
  const player = ref<Player | null>(null)
  let second = wantedSecond()
  const tell = (at: number): void => {
    second = at
    hears.forEach((hear) => hear(at))
  }
  createApp({
    render: () => h(Replay, {
      ref: player,
      hls: place.dataset.hls ?? '',
      captions: track,
      start: wantedSecond(),
      onTime: tell,
    }),
  }).mount(place)
  return {
    onTime: (hear) => { hears.push(hear) },
    jump: (at) => {
      player.value?.seek(at)
      player.value?.play()
      tell(at)
    },
    now: () => second,
  }
}
