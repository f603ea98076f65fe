/* The studio's engine: capture, stage, encoder and line joined, and the picture kept within what the line carries.
   No screen, no words: it tells what is the matter, and the screen says it. */
import { Capture, type Block } from './capture'
import { Beat, PictureTimes } from './clock'
import { able, Encoder, LEAST_BITRATE, QUALITIES, type Announced, type Coder, type Quality, type Unit } from './encoder'
import { recordable, Recording } from './fallback'
import { Publisher, type LineState } from './publisher'
import { Stage } from './stage'

export interface Health {
  line: LineState | 'idle'
  /** Bits a second that went out lately, that the picture is asked to take now, and that this quality would take. */
  bitrate: number
  wanted: number
  full: number
  fps: number
  /** Share of pictures left out because the machine or the line was too slow, 0 to 1. */
  dropped: number
  /** Seconds the line takes to carry something now. */
  delay_s: number
  /** Seconds of media the server has not yet confirmed as safe. */
  unsafe_s: number
  unrecorded: boolean
  peak: number
  /** Who is on air instead: refused, displaced or standing by. */
  holder: string
  /** How many studios stand by for this one. */
  standby: number
  way: 'webcodecs' | 'recorder'
  thin: boolean
  /** Code of what the server found wrong with what comes, empty when nothing. */
  bad: string
  /** Code of why it was forbidden. */
  why: string
}

/** Seconds waiting on the line: from here less picture, from here none. */
const [SLOW_S, STUCK_S] = [0.5, 2]
const LESS = 0.75
const MORE = 1.1
const STEP_MS = 1_000
const DEAD_S = 1
/** Whoever stopped may begin again: shorter than counting down to that. */
const EMPTY_MS = 2_000
const QUIET_MS = 10_000
/** Begun anew so often within so many milliseconds, something is broken that beginning anew does not mend. */
const [TRIES, TRIES_MS] = [5, 30_000]

type Intent = 'idle' | 'air' | 'standby'

export class Broadcast {
  readonly capture = new Capture()
  readonly stage: Stage
  quality: Quality = QUALITIES.clear
  /** Sound goes on alone, without any picture: set before `start`. */
  soundAlone = false
  /** A second, small picture goes beside the first: set before `start`. */
  thin = true
  onHealth: (health: Health) => void = () => {}
  onFailed: (error: Error) => void = () => {}
  private intent: Intent = 'idle'
  private way: 'webcodecs' | 'recorder' = 'webcodecs'
  private kind = ''
  private coder: Coder | null = null
  private publisher: Publisher | null = null
  private path = ''
  private told = ''
  private wasOn = false
  private blocks = 0
  private readonly beat = new Beat(QUALITIES.clear.fps)
  private readonly times = new PictureTimes()
  private holding = false
  private resting = false
  private skipped = 0
  private droppedBefore = 0
  private ticks = 0
  private changedAt = 0
  private tries: number[] = []
  private flow: { at: number, bytes: number, video: boolean }[] = []
  private peak = 0
  private soundCodec: 'aac' | 'opus' = 'opus'
  private lock: { release(): Promise<void> } | null = null

  constructor() {
    this.stage = new Stage(this.capture.video, this.capture.shared, this.quality.width, this.quality.height)
    this.capture.useSize(this.quality.width, this.quality.height)
    this.capture.onBlock = (block) => this.tick(block)
    document.addEventListener('visibilitychange', this.keepAwake)
  }

  /** Whether this browser can send at all, in the best way and quality it can: tried, never known by its name. */
  async able(): Promise<boolean> {
    for (const quality of this.soundAlone ? [null] : [QUALITIES.clear, QUALITIES.fluent]) {
      const found = await able(quality)
      if (!found) continue
      this.way = 'webcodecs'
      this.soundCodec = found.sound
      if (quality) this.useQuality(quality)
      return true
    }
    this.kind = recordable(this.soundAlone) ?? ''
    if (!this.kind) return false
    this.way = 'recorder'
    // A recorder cannot be told to leave pictures out: a small machine records the smaller one.
    if (!this.soundAlone) this.useQuality(navigator.hardwareConcurrency > 2 ? QUALITIES.clear : QUALITIES.fluent)
    return true
  }

  useQuality(quality: Quality): void {
    if (quality === this.quality && this.stage.canvas.width === quality.width) return
    this.quality = quality
    this.stage.resize(quality.width, quality.height)
    this.capture.useSize(quality.width, quality.height)
    if (!this.coder) return
    if (this.way === 'recorder') this.anew()
    else this.encode()
  }

  /** Begin to send to this address; it connects when it is known what the sound is. */
  start(path: string): void {
    if (this.intent === 'air') return
    this.begin('air', path)
    this.encode()
  }

  /** Wait at this address beside whoever is on air: nothing is encoded or sent until `take`. */
  standBy(path: string): void {
    if (this.intent === 'standby') return
    this.begin('standby', path)
    this.publisher = this.newPublisher(null)
    this.tell()
  }

  /** From standby on air, in one press; whoever was on air stands by instead. */
  take(): void {
    if (this.intent !== 'standby') return
    this.intent = 'air'
    this.encode()
  }

  /** Before the stream is ended: take nothing more, and let what a cut or a slow line kept back arrive. */
  async empty(): Promise<void> {
    const { publisher } = this
    if (!publisher?.behind) return
    this.coder?.close()
    this.coder = null
    await publisher.empty(EMPTY_MS)
  }

  /** Stop sending. With `bye` the server ends the stream. */
  stop(bye = false): void {
    this.intent = 'idle'
    this.silence(bye)
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
    return this.coder !== null
  }

  // Inside

  private begin(intent: Intent, path: string): void {
    this.silence()
    this.intent = intent
    this.path = path
    this.skipped = this.ticks = this.droppedBefore = 0
    this.wasOn = this.holding = false
    void this.capture.wake()
    this.keepAwake()
  }

  private silence(bye = false): void {
    this.coder?.close()
    this.publisher?.close(bye)
    this.coder = null
    this.publisher = null
  }

  /** A new coder in the place of the one there was; the line stays. */
  private encode(): void {
    const rate = this.coder?.rate
    this.droppedBefore += this.coder?.dropped ?? 0
    this.coder?.close()
    const quality = this.soundAlone ? null : this.quality
    const give = (unit: Unit): void => { if (coder === this.coder) this.give(unit) }
    const failed = (error: Error): void => { if (coder === this.coder) this.anew(error) }
    const coder: Coder = this.way === 'webcodecs'
      ? new Encoder(quality, this.soundCodec, this.thin, give, failed)
      : new Recording(this.stage.canvas, this.capture.mix.without('programme'), quality, rate ?? this.quality.bitrate, this.kind, give, () => this.anew(), failed)
    this.coder = coder
    this.resting = false
    coder.wantKey()
  }

  /** What was begun cannot be gone on with: a new coder and a new publication, unless that was tried too often. */
  private anew(error?: Error): void {
    const now = performance.now()
    this.tries = [...this.tries.filter((at) => now - at < TRIES_MS), now]
    if (this.tries.length > TRIES) {
      this.stop()
      this.onFailed(error ?? new Error('again and again'))
      return
    }
    this.publisher?.close()
    this.publisher = null
    if (this.intent === 'air') this.encode()
    else if (this.intent === 'standby') this.publisher = this.newPublisher(null)
  }

  private give(unit: Unit): void {
    const announced = this.coder?.announced
    if (!announced) return
    this.connect(announced)
    this.flow.push({ at: performance.now(), bytes: unit.data.length, video: unit.kind === 'video' && unit.track === 0 })
    this.publisher?.send(unit)
  }

  private connect(announced: Announced): void {
    const words = JSON.stringify(announced)
    const announce = (): Announced => this.coder?.announced ?? announced
    if (!this.publisher) this.publisher = this.newPublisher(announce)
    else if (!this.told) {
      this.publisher.take(announce)
      this.coder?.wantKey()
    } else if (words !== this.told) this.publisher.renew()
    this.told = words
  }

  /** `announce` null: standing by. */
  private newPublisher(announce: (() => Announced) | null): Publisher {
    const publisher = new Publisher(this.path, announce, () => this.capture.clock_us)
    this.told = ''
    publisher.onKey = () => this.coder?.wantKey()
    publisher.onRate = (bitrate) => this.coder?.setRate(bitrate)
    publisher.onAgain = () => { if (publisher === this.publisher) this.anew() }
    publisher.onState = (state) => { if (publisher === this.publisher) this.became(state) }
    this.coder?.wantKey()
    return publisher
  }

  private became(state: LineState): void {
    if (state === 'on') this.wasOn = true
    const displaced = state === 'displaced' || (state === 'refused' && this.wasOn)
    if (displaced) {
      this.intent = 'idle'
      this.standBy(this.path)
    } else if (['taken', 'refused', 'forbidden', 'ended'].includes(state)) {
      this.intent = 'idle'
      this.coder?.close()
      this.coder = null
    }
    this.tell()
  }

  /** Every 20 ms by the sound's clock, at once for those that a busy page could not read; a picture when one is due. */
  private tick({ samples, peak, at_us, rate }: Block): void {
    this.peak = Math.max(peak, this.peak * 0.92)
    this.coder?.block(samples, at_us, rate)
    this.blocks += 1
    this.draw()
    if (this.blocks % 5 === 0) this.tell()
    if (this.blocks % 25 === 0) this.adapt()
  }

  private draw(): void {
    const now = performance.now()
    if (!this.beat.due(now)) return
    const at_us = this.times.of(this.capture.now_us)
    this.stage.draw()
    if (this.coder && !this.soundAlone) {
      this.ticks += 1
      if (this.holding) this.skipped += 1
      this.coder.picture(this.stage.canvas, at_us, this.holding)
    }
    this.beat.took(now, performance.now())
  }

  /** A slow line gets less picture, a stuck one none until it moves; one that carries what a cut kept back is not
      stuck. The thin picture goes on meanwhile: its viewers have nothing to fall back upon but sound. It rests where
      the programme's is hardly larger, for the server lists that one in its place. The sound is never left out. */
  private adapt(): void {
    const { coder, publisher } = this
    if (!coder || publisher?.state !== 'on') {
      this.holding = false
      return
    }
    // A line that is dead is not slow: nothing is left out, all of it is sent when the line is back.
    if (publisher.silent_s > DEAD_S) {
      if (this.holding) coder.wantKey()
      this.holding = false
      return
    }
    const queued_s = publisher.queued_s
    const now = performance.now()
    if (this.holding && queued_s < SLOW_S) {
      this.holding = false
      coder.wantKey()
    } else if (queued_s > STUCK_S && this.way === 'webcodecs' && !publisher.catchingUp) this.holding = true
    if (queued_s > SLOW_S && now - this.changedAt > STEP_MS) {
      if (coder.rate <= LEAST_BITRATE) this.rest(true)
      coder.setRate(coder.rate * LESS)
      this.changedAt = now
    } else if (queued_s <= SLOW_S && now - this.changedAt > QUIET_MS) {
      coder.setRate(Math.min(this.quality.bitrate, coder.rate * MORE))
      if (this.resting && coder.rate > 2 * LEAST_BITRATE) this.rest(false)
      this.changedAt = now
    }
  }

  private rest(on: boolean): void {
    if (on === this.resting) return
    this.resting = on
    this.coder?.rest(on)
  }

  private tell(): void {
    const now = performance.now()
    this.flow = this.flow.filter((one) => now - one.at < 3_000)
    const { coder, publisher } = this
    const pictures = this.flow.filter((one) => one.video).length
    this.onHealth({
      // Who has pressed for the air stands by no more, though the server has not answered yet.
      line: publisher?.state === 'standby' && this.intent === 'air' ? 'connecting' : publisher?.state ?? (coder ? 'connecting' : 'idle'),
      bitrate: Math.round((this.flow.reduce((sum, one) => sum + one.bytes, 0) * 8) / 3),
      wanted: coder?.rate ?? 0,
      full: this.soundAlone ? 0 : this.quality.bitrate,
      fps: this.way === 'recorder' && coder && !this.soundAlone ? this.quality.fps : Math.round(pictures / 3),
      dropped: this.ticks ? (this.skipped + this.droppedBefore + (coder?.dropped ?? 0)) / this.ticks : 0,
      delay_s: publisher?.delay_s ?? 0,
      unsafe_s: publisher?.unsafe_s ?? 0,
      unrecorded: publisher?.unrecorded ?? false,
      peak: this.peak,
      holder: publisher?.holder ?? '',
      standby: publisher?.standby ?? 0,
      way: this.way,
      thin: coder?.announced?.thin !== undefined && !this.resting,
      bad: publisher?.bad ?? '',
      why: publisher?.why ?? '',
    })
  }

  private readonly keepAwake = (): void => {
    const wake = (navigator as { wakeLock?: { request(kind: 'screen'): Promise<{ release(): Promise<void> }> } }).wakeLock
    if (this.intent === 'idle' || document.visibilityState !== 'visible' || !wake) return
    wake.request('screen').then((lock) => { this.lock = lock }, () => {})
  }
}
