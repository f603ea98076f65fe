/* The studio's engine: capture, stage, encoder and line joined, and the picture kept within what the line carries.
   No screen, no words: it tells what is the matter, and the screen says it. */
import { Capture, type Block } from './capture'
import { able, Encoder, QUALITIES, type Quality } from './encoder'
import { Publisher, type LineState } from './publisher'
import { Stage } from './stage'

export interface Health {
  line: LineState | 'idle'
  bitrate: number
  fps: number
  /** Share of pictures left out because the machine or the line was too slow, 0 to 1. */
  dropped: number
  /** Seconds of media the server has not yet confirmed as safe. */
  unsafe_s: number
  unrecorded: boolean
  peak: number
  holder: string
}

const SLOW_S = 0.5
const STUCK_S = 2
const LESS = 0.75
const MORE = 1.1
const QUIET_MS = 10_000

export class Broadcast {
  readonly capture = new Capture()
  readonly stage: Stage
  quality: Quality = QUALITIES.clear
  onHealth: (health: Health) => void = () => {}
  onFailed: (error: Error) => void = () => {}
  private encoder: Encoder | null = null
  private publisher: Publisher | null = null
  private path = ''
  private blocks = 0
  private holding = false
  private skipped = 0
  private ticks = 0
  private changedAt = 0
  private flow: { at: number, bytes: number, video: boolean }[] = []
  private peak = 0
  private soundCodec: 'aac' | 'opus' = 'opus'
  private lock: { release(): Promise<void> } | null = null

  constructor() {
    this.stage = new Stage(this.capture.video, this.capture.shared, this.quality.width, this.quality.height)
    this.capture.onBlock = (block) => this.tick(block)
    document.addEventListener('visibilitychange', this.keepAwake)
  }

  /** Whether this browser can send at all, at the best quality it can. */
  async able(): Promise<boolean> {
    for (const quality of [QUALITIES.clear, QUALITIES.fluent]) {
      const found = await able(quality)
      if (!found) continue
      this.soundCodec = found.sound
      this.useQuality(quality)
      return true
    }
    return false
  }

  useQuality(quality: Quality): void {
    this.quality = quality
    this.stage.resize(quality.width, quality.height)
    if (!this.encoder) return
    this.encoder.close()
    this.encoder = this.newEncoder()
  }

  /** Begin to send to this address; it connects when the first sound is encoded. */
  start(path: string): void {
    if (this.encoder) return
    this.path = path
    this.skipped = this.ticks = 0
    this.encoder = this.newEncoder()
    void this.capture.wake()
    this.keepAwake()
  }

  /** Stop sending. With `bye` the server ends the stream. */
  stop(bye = false): void {
    this.encoder?.close()
    this.publisher?.close(bye)
    this.encoder = null
    this.publisher = null
    void this.lock?.release()
    this.lock = null
    this.tell()
  }

  close(): void {
    this.stop()
    this.capture.close()
    document.removeEventListener('visibilitychange', this.keepAwake)
  }

  get sending(): boolean {
    return this.encoder !== null
  }

  // Inside

  private newEncoder(): Encoder {
    return new Encoder(this.quality, this.soundCodec, (unit) => {
      this.connect()
      this.flow.push({ at: performance.now(), bytes: unit.data.length, video: unit.kind === 'video' })
      this.publisher?.send(unit)
    }, (error) => { this.stop(); this.onFailed(error) })
  }

  private connect(): void {
    const { encoder } = this
    if (this.publisher || !encoder?.config) return
    const config = () => {
      const { width, height, fps } = this.quality
      return { video: { w: width, h: height, fps }, audio: this.encoder?.config ?? encoder.config! }
    }
    this.publisher = new Publisher(this.path, config, () => this.capture.clock_us)
    this.publisher.onKey = () => this.encoder?.wantKey()
    this.publisher.onRate = (bitrate) => this.encoder?.setRate(bitrate)
    this.publisher.onState = (state) => {
      if (['taken', 'refused', 'forbidden', 'ended'].includes(state)) {
        this.encoder?.close()
        this.encoder = null
      }
      this.tell()
    }
    encoder.wantKey()
  }

  /** Every 20 ms by the sound's clock; a picture each second time. */
  private tick({ samples, peak, at_us, rate }: Block): void {
    this.peak = Math.max(peak, this.peak * 0.92)
    this.encoder?.block(samples, at_us, rate)
    this.blocks += 1
    if (this.blocks % 2 === 0) {
      this.stage.draw()
      if (this.encoder) this.picture(at_us)
    }
    if (this.blocks % 5 === 0) this.tell()
    if (this.blocks % 25 === 0) this.adapt()
  }

  private picture(at_us: number): void {
    this.ticks += 1
    if (this.holding) this.skipped += 1
    else this.encoder!.picture(this.stage.canvas, at_us)
  }

  /** A slow line gets less picture, a stuck one none until it moves; the sound is never left out. */
  private adapt(): void {
    const { encoder, publisher } = this
    if (!encoder || publisher?.state !== 'on') {
      this.holding = false
      return
    }
    const behind_s = (publisher.backlog * 8) / encoder.rate
    const now = performance.now()
    if (this.holding && behind_s < SLOW_S) {
      this.holding = false
      encoder.wantKey()
    } else if (behind_s > STUCK_S) this.holding = true
    if (behind_s > SLOW_S && now - this.changedAt > 1_000) {
      encoder.setRate(encoder.rate * LESS)
      this.changedAt = now
    } else if (behind_s <= SLOW_S && now - this.changedAt > QUIET_MS) {
      encoder.setRate(encoder.rate * MORE)
      this.changedAt = now
    }
  }

  private tell(): void {
    const now = performance.now()
    this.flow = this.flow.filter((one) => now - one.at < 3_000)
    const { encoder, publisher } = this
    this.onHealth({
      line: publisher?.state ?? (encoder ? 'connecting' : 'idle'),
      bitrate: Math.round((this.flow.reduce((sum, one) => sum + one.bytes, 0) * 8) / 3),
      fps: Math.round(this.flow.filter((one) => one.video).length / 3),
      dropped: this.ticks ? (this.skipped + (encoder?.dropped ?? 0)) / this.ticks : 0,
      unsafe_s: publisher?.unsafe_s ?? 0,
      unrecorded: publisher?.unrecorded ?? false,
      peak: this.peak,
      holder: publisher?.holder ?? '',
    })
  }

  private readonly keepAwake = (): void => {
    const wake = (navigator as { wakeLock?: { request(kind: 'screen'): Promise<{ release(): Promise<void> }> } }).wakeLock
    if (!this.encoder || document.visibilityState !== 'visible' || !wake) return
    wake.request('screen').then((lock) => { this.lock = lock }, () => {})
  }
}
