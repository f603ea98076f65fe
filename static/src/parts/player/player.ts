/* Plays one stream or one recording in a <video>, and mends what can be mended. Knows no room and no words:
   it tells by signs what happens, and others say it. */
import { piece } from '@/piece'
import type { Engine, Mode, Trouble, Wanted } from './engine'
import { Near, nearable } from './near'

export { mediaOf } from './media'
export type { Mode } from './engine'

/** What a player tells. Seconds are the video's own clock; `wall` is when the picture was taken, ms UTC. */
export interface Signs {
  playing(on: boolean): void
  stalled(): void
  blocked(on: boolean): void
  time(seconds: number, wall: number | null): void
  behind(seconds: number): void
  /** Paused by the person, or set back: further behind than the stream itself asks for. */
  shifted?(on: boolean, paused: boolean): void
  /** What is in the way now; null when nothing is any more. */
  failed?(what: Trouble | null): void
}

export interface How {
  start?: number
  delay?: number
  /** The server's clock. */
  now?: () => number
}

const DELAY_S = 3
const BEHIND_LIMIT_S = 10
/** What the short playlist is sure to reach; what is further back is asked for with all the rest. */
const WINDOW_S = 45
const AWAY_MS = 60_000
const IDLE_MS = 30_000
const REBUILD_MS = 10_000
const NAP_MS = 5_000
/** The first pause, and the longest; what says that it has nothing is asked less often than what does not answer. */
const AGAIN_MS = { line: 1_000, gone: 3_000, most: 30_000 } as const

/** Chromium answers "maybe" for HLS and then fails on some streams: only Apple's phones play it themselves. */
function playsItself(video: HTMLVideoElement): boolean {
  const apple = /iP(hone|ad|od)/.test(navigator.platform) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1)
  return apple && video.canPlayType('application/vnd.apple.mpegurl') !== ''
}

export class Playback {
  private engine: Engine | null = null
  private url = ''
  private mode: Mode = 'live'
  private how: How = {}
  private failures = 0
  private mended = 0
  private builtAt = 0
  private hiddenAt = 0
  private tickedAt = Date.now()
  private timer = 0
  private idle = 0
  private turn = 0
  private moving = false
  private whole = false
  /** What the light player could not do is hls.js's from then on. */
  private heavy = false
  private shifted = false
  /** Where the person paused, once loading has stopped for it. */
  private stoppedAt: number | null = null
  private readonly off: (() => void)[] = []

  constructor(private readonly video: HTMLVideoElement, private readonly signs: Signs) {
    this.on(video, 'playing', () => { this.failures = 0; this.move(true); signs.blocked(false); signs.failed?.(null) })
    this.on(video, 'waiting', () => { if (this.moving && !video.seeking) { this.move(false); signs.stalled() } })
    this.on(video, 'pause', () => this.move(false))
    this.on(video, 'timeupdate', () => { if (!video.paused && !video.seeking && video.readyState > 2) this.move(true); this.tell() })
    this.on(document, 'visibilitychange', () => this.seen(document.visibilityState === 'visible'))
    this.on(document, 'WeixinJSBridgeReady', () => void this.play())
    this.on(window, 'online', () => this.lineBack())
    const beat = window.setInterval(() => this.tick(), 1_000)
    this.off.push(() => clearInterval(beat))
  }

  /** Play this address, a recording from `start` seconds. Called again with the same address it does nothing. */
  async open(url: string, mode: Mode, how: How | number = {}): Promise<void> {
    if (url === this.url) return
    const from = this.shifted && this.mode === 'live' && mode === 'live' ? this.wall : null
    this.close()
    Object.assign(this, { url, mode, how: typeof how === 'number' ? { start: how } : how, failures: 0, mended: 0, heavy: false })
    if (from !== null) this.shift(true)
    await this.build(from)
  }

  /** Let go of the stream; the last picture goes too. */
  close(): void {
    this.turn += 1
    this.url = ''
    this.drop()
    this.shift(false)
    this.signs.failed?.(null)
    this.video.removeAttribute('src')
    this.video.load()
    this.move(false)
  }

  destroy(): void {
    this.close()
    this.off.forEach((stop) => stop())
  }

  /** Autoplay may be refused: then a touch is needed, and `blocked` says so. */
  async play(): Promise<void> {
    if (!this.url) return
    clearTimeout(this.idle)
    if (this.stoppedAt !== null) {
      const wall = this.stoppedAt
      this.stoppedAt = null
      this.go(wall)
    }
    try {
      await this.video.play()
      this.signs.blocked(false)
      this.shift(this.shifted)
    } catch (error) {
      this.signs.blocked((error as DOMException).name === 'NotAllowedError')
    }
  }

  /** Stop the picture where it is. After a while nothing more is loaded; it goes on from here all the same. */
  pause(): void {
    if (this.mode === 'live') this.engine?.follow(false)
    this.video.pause()
    this.shift(this.mode === 'live')
    this.idle = window.setTimeout(() => {
      this.stoppedAt = this.wall
      this.engine?.sleep()
    }, IDLE_MS)
  }

  setSound(on: boolean): void {
    this.video.muted = !on
    if (on && !this.shifted) void this.play()
  }

  /** Jump to the newest picture that plays without a stop. */
  toLive(): void {
    const slept = this.stoppedAt !== null
    this.stoppedAt = null
    this.shift(false)
    if (this.whole) return void this.build(null)
    this.engine?.follow(true)
    if (slept) this.engine?.wake()
    const edge = this.engine?.edge() ?? null
    if (edge !== null) this.video.currentTime = edge
    void this.play()
  }

  /** Live: show what was taken then, however long ago; near the newest picture it follows that again. */
  go(wall: number): void {
    if (this.now() - wall < (this.delay + 2) * 1000) return this.toLive()
    this.stoppedAt = null
    this.shift(true)
    this.engine?.follow(false)
    const near = this.whole || this.now() - wall < WINDOW_S * 1000
    if (!near || !this.engine?.go(wall)) void this.build(wall, true)
    else void this.play()
  }

  seek(seconds: number): void {
    this.video.currentTime = seconds
    void this.play()
  }

  /** Begin from nothing, because the person asks for it. */
  retry(): void {
    if (!this.url) return
    Object.assign(this, { failures: 0, mended: 0 })
    void this.build(this.shifted ? this.wall : null)
  }

  /** When the picture on the screen was taken, ms UTC. */
  get wall(): number | null {
    return this.stoppedAt ?? this.engine?.wall() ?? null
  }

  /** Seconds behind what happens now; null while nothing is known. */
  get latency(): number | null {
    if (this.mode !== 'live') return null
    const wall = this.wall
    if (wall !== null) return Math.max(0, (this.now() - wall) / 1000)
    const { seekable, currentTime } = this.video
    return this.engine && seekable.length ? seekable.end(seekable.length - 1) - currentTime : null
  }

  /** Seconds that are there and not yet shown. */
  get ahead(): number {
    const { buffered, currentTime } = this.video
    return buffered.length ? Math.max(0, buffered.end(buffered.length - 1) - currentTime) : 0
  }

  // Inside

  private get delay(): number {
    return this.how.delay ?? DELAY_S
  }

  private now(): number {
    return (this.how.now ?? Date.now)()
  }

  private drop(): void {
    clearTimeout(this.timer)
    clearTimeout(this.idle)
    this.engine?.destroy()
    this.engine = null
    this.whole = false
    this.stoppedAt = null
  }

  private async build(from: number | null, whole = from !== null && this.now() - from > WINDOW_S * 1000): Promise<void> {
    const turn = ++this.turn
    this.drop()
    this.builtAt = Date.now()
    this.whole = whole
    const url = whole ? `${this.url}?dvr=1` : this.url
    const want: Wanted = { url, mode: this.mode, start: this.how.start ?? 0, delay: this.delay, from }
    const ears = { ready: () => void this.play(), trouble: (what: Trouble) => { if (turn === this.turn) this.trouble(what) } }
    const itself = playsItself(this.video)
    if (!itself && !this.heavy && this.mode === 'live' && from === null && nearable()) {
      this.engine = new Near(this.video, want, ears)
      return
    }
    const { ByHls, playable } = itself ? { ByHls: null, playable: null } : await piece(() => import('./hls'))
    if (turn !== this.turn) return
    if (ByHls && playable()) this.engine = new ByHls(this.video, want, ears)
    else if (!this.video.canPlayType('application/vnd.apple.mpegurl')) return this.signs.failed?.('never')
    else {
      const { Native } = await piece(() => import('./native'))
      if (turn === this.turn) this.engine = new Native(this.video, want, ears)
    }
  }

  private trouble(what: Trouble): void {
    this.signs.failed?.(what)
    clearTimeout(this.timer)
    if (what === 'never') return this.drop()
    if (what === 'line' || what === 'gone') return this.later(what)
    if (this.engine instanceof Near) {
      this.heavy = true
      return void this.build(this.shifted ? this.wall : null)
    }
    if (this.mended < 2) {
      this.mended += 1
      this.after(this.mended === 1 ? 0 : 3_000, () => this.engine?.recover())
    } else {
      this.after(Math.max(0, this.builtAt + REBUILD_MS - Date.now()), () => {
        this.mended = 0
        void this.build(this.shifted ? this.wall : null)
      })
    }
  }

  /** Twice as long each time, with jitter: a thousand players must not ask for a dead stream in one second. */
  private later(what: 'line' | 'gone'): void {
    const wait = Math.min(AGAIN_MS.most, AGAIN_MS[what] * 2 ** this.failures++) * (0.5 + Math.random())
    this.after(wait, () => {
      // A recording's list never changes by itself: what is gone was masked meanwhile, and there is a new one.
      if (what === 'line' || this.mode !== 'vod') return this.engine?.again()
      this.how = { ...this.how, start: this.video.currentTime }
      void this.build(null)
    })
  }

  private after(ms: number, act: () => void): void {
    const turn = this.turn
    this.timer = window.setTimeout(() => { if (turn === this.turn) act() }, ms)
  }

  private lineBack(): void {
    if (!this.failures || !this.url) return
    this.failures = 0
    clearTimeout(this.timer)
    this.after(Math.random() * 1_000, () => this.engine?.again())
  }

  /** Out of sight for long, a muted picture loads nothing; who listens goes on listening. */
  private seen(visible: boolean): void {
    if (this.mode !== 'live' || !this.url) return
    if (!visible) {
      this.hiddenAt = Date.now()
      this.idle = window.setTimeout(() => { if (document.hidden && this.video.muted) this.engine?.sleep() }, AWAY_MS)
      return
    }
    const away = this.hiddenAt && Date.now() - this.hiddenAt > AWAY_MS
    this.hiddenAt = 0
    if (away) this.woke()
    else this.near()
  }

  /** A machine that slept has a clock that leapt, whether the page was seen or not. */
  private tick(): void {
    const slept = Date.now() - this.tickedAt > NAP_MS + 1_000 && !document.hidden
    this.tickedAt = Date.now()
    if (this.mode !== 'live' || !this.url) return
    if (slept) this.woke()
    if (this.video.paused) this.tell()
  }

  private woke(): void {
    if (this.shifted || !this.engine) return
    this.engine.wake()
    this.near()
  }

  private near(): void {
    if (!this.shifted && (this.latency ?? 0) > BEHIND_LIMIT_S) this.toLive()
  }

  private tell(): void {
    this.signs.time(this.video.currentTime, this.wall)
    const behind = this.latency
    if (behind !== null) this.signs.behind(behind)
  }

  private shift(on: boolean): void {
    this.shifted = on
    this.signs.shifted?.(on, on && this.video.paused)
  }

  private move(on: boolean): void {
    if (on === this.moving) return
    this.moving = on
    this.signs.playing(on)
  }

  private on(target: EventTarget, name: string, act: () => void): void {
    target.addEventListener(name, act)
    this.off.push(() => target.removeEventListener(name, act))
  }
}
