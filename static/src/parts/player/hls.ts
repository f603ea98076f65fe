/* Plays by hls.js. Loaded after the first paint and with nothing else: it is the heaviest piece of all. */
import Hls, { type ErrorData, type HlsConfig, type LevelDetails, type PlaylistLoaderConstructor } from 'hls.js/light'
import type { Ears, Engine, Trouble, Wanted } from './engine'

const FURTHEST_S = 10
const CATCH_UP = 1.08
/** Between two playlists at least: a playlist that answers at once with nothing new must not be asked in a circle. */
const PLAYLIST_MS = 450
/** A playlist of hours is read again only when the playhead comes this near to what it knows. */
const KNOWN_AHEAD_S = 30

const once = { maxNumRetry: 1, retryDelayMs: 700, maxRetryDelayMs: 700 }
const patient = { default: { maxTimeToFirstByteMs: 12_000, maxLoadTimeMs: 30_000, timeoutRetry: once, errorRetry: once } }

/** What lasts is asked for again by `Playback`, with pauses that grow: see there. */
const common: Partial<HlsConfig> = {
  enableWorker: false, // the segments are passed through: a worker buys nothing and breaks Trusted Types
  manifestLoadPolicy: patient,
  playlistLoadPolicy: patient,
}

/** One target more for each stall, never further than ten seconds (video.md section 4). */
const live = (want: Wanted): Partial<HlsConfig> => ({
  ...common,
  lowLatencyMode: true,
  autoStartLoad: want.from === null,
  liveSyncDuration: want.delay,
  liveMaxLatencyDuration: FURTHEST_S,
  maxLiveSyncPlaybackRate: CATCH_UP,
  liveSyncOnStallIncrease: 1,
  backBufferLength: 30,
  maxBufferLength: 20,
})

export const playable = (): boolean => Hls.isSupported()

export class ByHls implements Engine {
  private readonly hls: Hls
  private askedAt = 0
  private asleep = false

  constructor(private readonly video: HTMLVideoElement, private readonly want: Wanted, ears: Ears) {
    const config = want.mode === 'live' ? live(want) : { ...common, startPosition: want.start }
    const hls = this.hls = new Hls({ ...config, pLoader: this.paced() })
    hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) ears.trouble(kindOf(data)) })
    hls.on(Hls.Events.MANIFEST_PARSED, () => ears.ready())
    if (want.from !== null) this.beginAt(want.from)
    hls.loadSource(want.url)
    hls.attachMedia(video)
  }

  wall(): number | null {
    return this.hls.playingDate?.getTime() ?? null
  }

  edge(): number | null {
    return this.hls.liveSyncPosition
  }

  go(wall: number): boolean {
    const at = placeOf(this.details(), wall)
    if (at === null) return false
    if (this.asleep) this.hls.startLoad(at)
    this.asleep = false
    this.video.currentTime = at
    return true
  }

  follow(on: boolean): void {
    const { config } = this.hls
    config.liveMaxLatencyDuration = on ? FURTHEST_S : Infinity
    config.maxLiveSyncPlaybackRate = on ? CATCH_UP : 1
    if (!on) this.video.playbackRate = 1
  }

  sleep(): void {
    this.asleep = true
    this.hls.stopLoad()
  }

  wake(): void {
    this.asleep = false
    this.hls.startLoad(-1)
  }

  again(): void {
    if (this.hls.levels.length) this.hls.startLoad(-1)
    else this.hls.loadSource(this.want.url)
  }

  recover(): void {
    this.hls.recoverMediaError()
  }

  destroy(): void {
    this.hls.destroy()
  }

  // Inside

  private details(): LevelDetails | null {
    return this.hls.latestLevelDetails
  }

  private beginAt(wall: number): void {
    const { hls } = this
    const begin = (_: string, { details }: { details: LevelDetails }): void => {
      hls.off(Hls.Events.LEVEL_LOADED, begin)
      this.follow(false)
      hls.startLoad(placeOf(details, wall) ?? details.fragments[0]?.start ?? 0)
    }
    hls.on(Hls.Events.LEVEL_LOADED, begin)
  }

  private mayAsk(): boolean {
    const details = this.details()
    const whole = details?.type === 'EVENT' && details.live
    return Date.now() - this.askedAt >= PLAYLIST_MS && !(whole && details.edge - this.video.currentTime > KNOWN_AHEAD_S)
  }

  /** A loader of playlists that waits until it may. */
  private paced(): PlaylistLoaderConstructor {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the class below has a `this` of its own
    const engine = this
    const Plain = Hls.DefaultConfig.loader
    class Paced extends Plain {
      private timer = 0

      override load(...given: Parameters<InstanceType<typeof Plain>['load']>): void {
        if (!engine.mayAsk()) {
          this.timer = window.setTimeout(() => this.load(...given), PLAYLIST_MS)
          return
        }
        engine.askedAt = Date.now()
        super.load(...given)
      }

      override abort(): void {
        clearTimeout(this.timer)
        super.abort()
      }

      override destroy(): void {
        clearTimeout(this.timer)
        super.destroy()
      }
    }
    return Paced as unknown as PlaylistLoaderConstructor
  }
}

function kindOf(data: ErrorData): Trouble {
  if (data.details === 'manifestIncompatibleCodecsError' || data.details === 'bufferAddCodecError') return 'never'
  if (data.type !== 'networkError') return 'media'
  const status = data.response?.code ?? 0
  return status >= 400 && status < 500 ? 'gone' : 'line'
}

/** Where a moment is in what a playlist lists; null: before its beginning. Spans cut out count as their end. */
function placeOf(details: LevelDetails | null, wall: number): number | null {
  let found = null
  for (const one of details?.fragments ?? []) {
    if (one.programDateTime !== null && one.programDateTime <= wall) found = one
  }
  if (!found) return null
  return found.start + Math.min((wall - found.programDateTime!) / 1000, Math.max(0, found.duration - 0.1))
}
