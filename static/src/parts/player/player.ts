/* Plays one stream or one recording in a <video>, and mends what can be mended. Knows no room and no words:
   it tells by signs what happens, and others say it. */
import type Hls from 'hls.js/light'
import type { ErrorData, HlsConfig } from 'hls.js/light'
import { piece } from '@/piece'

/** Where the media of a record are. */
export function mediaOf(record: string): { live: string, recording: string, download: string, publish: string, health: string } {
  const base = `/media/${record.replace(':', '-')}`
  return {
    live: `${base}/live.m3u8`,
    recording: `${base}/recording.m3u8`,
    download: `${base}/recording.mp4`,
    publish: `${base}/publish`,
    health: `${base}/health`,
  }
}

export type Mode = 'live' | 'vod'

/** What a player tells. Seconds are the video's own clock; `wall` is when the picture was taken, ms UTC. */
export interface Signs {
  playing(on: boolean): void
  stalled(): void
  blocked(on: boolean): void
  time(seconds: number, wall: number | null): void
  behind(seconds: number): void
}

const BEHIND_LIMIT_S = 10
const AWAY_MS = 60_000
const REBUILD_MS = 10_000
const AGAIN_MS = [1_000, 30_000] as const

const retry = { maxNumRetry: 99, retryDelayMs: 500, maxRetryDelayMs: 4_000 }
const patient = { default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: retry, errorRetry: retry } }

const common: Partial<HlsConfig> = {
  enableWorker: false, // the segments are passed through: a worker buys nothing and breaks Trusted Types
  manifestLoadPolicy: patient,
  playlistLoadPolicy: patient,
}

/** Three seconds behind, one target more for each stall, never further than ten (video.md section 4). */
const live: Partial<HlsConfig> = {
  ...common,
  lowLatencyMode: true,
  liveSyncDuration: 3,
  liveMaxLatencyDuration: BEHIND_LIMIT_S,
  maxLiveSyncPlaybackRate: 1.08,
  liveSyncOnStallIncrease: 1,
  backBufferLength: 30,
  maxBufferLength: 20,
}

/** Chromium answers "maybe" for HLS and then fails on some streams: only Apple's phones play it themselves. */
function playsItself(video: HTMLVideoElement): boolean {
  const apple = /iP(hone|ad|od)/.test(navigator.platform) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1)
  return apple && video.canPlayType('application/vnd.apple.mpegurl') !== ''
}

export class Playback {
  private hls: Hls | null = null
  private url = ''
  private mode: Mode = 'live'
  private start = 0
  private failures = 0
  private mended = 0
  private builtAt = 0
  private hiddenAt = 0
  private timer = 0
  private turn = 0
  private moving = false
  private readonly off: (() => void)[] = []

  constructor(private readonly video: HTMLVideoElement, private readonly signs: Signs) {
    this.on(video, 'playing', () => { this.failures = 0; this.move(true); signs.blocked(false) })
    this.on(video, 'waiting', () => { if (this.moving) { this.move(false); signs.stalled() } })
    this.on(video, 'pause', () => this.move(false))
    this.on(video, 'timeupdate', () => this.tell())
    this.on(document, 'visibilitychange', () => this.seen(document.visibilityState === 'visible'))
    this.on(document, 'WeixinJSBridgeReady', () => void this.play())
  }

  /** Play this address from `start` seconds (recordings only). Called again with the same address it does nothing. */
  async open(url: string, mode: Mode, start = 0): Promise<void> {
    if (url === this.url) return
    this.close()
    Object.assign(this, { url, mode, start, failures: 0, mended: 0 })
    await this.build()
  }

  /** Let go of the stream; the last picture goes too. */
  close(): void {
    this.turn += 1
    this.url = ''
    clearTimeout(this.timer)
    this.hls?.destroy()
    this.hls = null
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
    try {
      await this.video.play()
      this.signs.blocked(false)
    } catch (error) {
      this.signs.blocked((error as DOMException).name === 'NotAllowedError')
    }
  }

  setSound(on: boolean): void {
    this.video.muted = !on
    if (on) void this.play()
  }

  /** Jump to the newest picture that plays without a stop. */
  toLive(): void {
    const edge = this.edge()
    if (edge !== null) this.video.currentTime = edge
    void this.play()
  }

  seek(seconds: number): void {
    this.video.currentTime = seconds
    void this.play()
  }

  /** Seconds behind what happens now; null while nothing is known. */
  get latency(): number | null {
    if (this.mode !== 'live') return null
    if (this.hls) return this.hls.latency || null
    const { seekable, currentTime } = this.video
    return seekable.length ? seekable.end(seekable.length - 1) - currentTime : null
  }

  // Inside

  private async build(): Promise<void> {
    const turn = ++this.turn
    this.builtAt = Date.now()
    if (playsItself(this.video)) return this.native()
    const { default: Light } = await piece(() => import('hls.js/light'))
    if (turn !== this.turn) return
    if (!Light.isSupported()) return this.native()
    const config = this.mode === 'live' ? live : { ...common, startPosition: this.start }
    const hls = new Light(config) as Hls
    this.hls = hls
    hls.on(Light.Events.ERROR, (_, data) => { if (data.fatal) this.fatal(hls, data) })
    hls.on(Light.Events.MANIFEST_PARSED, () => void this.play())
    hls.loadSource(this.url)
    hls.attachMedia(this.video)
  }

  private native(): void {
    this.video.src = this.url
    this.video.onerror = () => this.later(() => { if (this.url) { this.video.src = this.url; void this.play() } })
    if (this.start) this.video.addEventListener('loadedmetadata', () => { this.video.currentTime = this.start }, { once: true })
    void this.play()
  }

  private fatal(hls: Hls, data: ErrorData): void {
    if (hls !== this.hls) return
    if (data.type === 'networkError') {
      this.later(() => { if (hls.levels.length) hls.startLoad(); else hls.loadSource(this.url) })
    } else if (data.type === 'mediaError' && this.mended < 2) {
      this.mended += 1
      this.timer = window.setTimeout(() => hls.recoverMediaError(), this.mended === 1 ? 0 : 3_000)
    } else {
      this.timer = window.setTimeout(() => this.rebuild(hls), Math.max(0, this.builtAt + REBUILD_MS - Date.now()))
    }
  }

  private rebuild(hls: Hls): void {
    if (hls !== this.hls) return
    hls.destroy()
    this.hls = null
    this.mended = 0
    void this.build()
  }

  /** 1, 2, 4 … 30 s, each with jitter: a thousand players must not ask for a dead stream in one second. */
  private later(again: () => void): void {
    clearTimeout(this.timer)
    const turn = this.turn
    const wait = Math.min(AGAIN_MS[1], AGAIN_MS[0] * 2 ** this.failures++) * (0.5 + Math.random())
    this.timer = window.setTimeout(() => { if (turn === this.turn) again() }, wait)
  }

  private seen(visible: boolean): void {
    if (this.mode !== 'live' || !this.url) return
    if (!visible) {
      this.hiddenAt = Date.now()
      this.timer = window.setTimeout(() => { if (document.hidden) this.hls?.stopLoad() }, AWAY_MS)
      return
    }
    if (this.hiddenAt && Date.now() - this.hiddenAt > AWAY_MS) this.hls?.startLoad(-1)
    this.hiddenAt = 0
    if ((this.latency ?? 0) > BEHIND_LIMIT_S) this.toLive()
  }

  private edge(): number | null {
    if (this.hls) return this.hls.liveSyncPosition
    const { seekable } = this.video
    return seekable.length ? seekable.end(seekable.length - 1) - 3 : null
  }

  private tell(): void {
    const wall = this.hls?.playingDate?.getTime() ?? null
    this.signs.time(this.video.currentTime, wall)
    const behind = this.latency
    if (behind !== null) this.signs.behind(behind)
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
