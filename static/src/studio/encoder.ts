/* H.264 and AAC or Opus out of pictures and blocks, by WebCodecs. Chooses every keyframe, and with it every segment. */

/** What goes out: a picture (`track` 0 the programme, 1 the thin one), a packet of sound, or a piece of a recording. */
export interface Unit { kind: 'video' | 'audio' | 'recorded', track: 0 | 1, key: boolean, at_us: number, dur_us: number, data: Uint8Array }

export interface Quality { width: number, height: number, fps: number, bitrate: number }

export interface SoundConfig { codec: 'aac' | 'opus', rate: number, ch: number, desc: string }

interface Size { w: number, h: number, fps: number }

/** What the server is told is to come (server/media/wire.py). `video` null: sound alone. */
export interface Announced { video: Size | null, audio?: SoundConfig, thin?: Size, container?: 'mp4' | 'webm' }

/** One way from pictures and sound to what can be sent. */
export interface Coder {
  /** Null until it is known. */
  readonly announced: Announced | null
  /** Bits a second the picture is asked to take. */
  readonly rate: number
  /** Pictures left out because the machine did not come after. */
  readonly dropped: number
  /** The next picture is a keyframe. */
  wantKey(): void
  /** The picture as it is now. With `skip` the line takes no more: only the thin one goes. */
  picture(canvas: HTMLCanvasElement, at_us: number, skip: boolean): void
  block(samples: Float32Array<ArrayBuffer>, at_us: number, rate: number): void
  /** Less for a weak line, more for a good one. */
  setRate(wanted: number): void
  /** Leave the thin picture out, or begin it again. */
  rest(on: boolean): void
  close(): void
}

export const QUALITIES = {
  clear: { width: 1280, height: 720, fps: 25, bitrate: 1_500_000 },
  fluent: { width: 640, height: 360, fps: 25, bitrate: 600_000 },
} satisfies Record<string, Quality>

/** For those whose line carries no more, and for data plans: half the pictures, an eighth of the bits. */
export const THIN: Quality = { width: 320, height: 180, fps: 12.5, bitrate: 120_000 }

export const LEAST_BITRATE = 200_000
export const SOUND_BITRATE = 64_000
const KEY_US = 985_000
const QUEUE = 3

const picture = ({ width, height, fps, bitrate }: Quality): VideoEncoderConfig => ({
  codec: 'avc1.42E01F', // level 3.1: 3.0 is refused at 1280x720
  width, height, framerate: fps, bitrate,
  latencyMode: 'realtime',
  avc: { format: 'annexb' },
})

const sound = (codec: 'aac' | 'opus', rate: number): AudioEncoderConfig => ({
  codec: codec === 'aac' ? 'mp4a.40.2' : 'opus',
  sampleRate: rate, numberOfChannels: 1, bitrate: SOUND_BITRATE,
  ...(codec === 'aac' ? { aac: { format: 'aac' } } : {}),
})

/** What WebCodecs can encode here: null when it has no way to what every resident can take. */
export async function able(quality: Quality | null): Promise<{ sound: 'aac' | 'opus' } | null> {
  if (typeof AudioEncoder === 'undefined' || typeof AudioData === 'undefined') return null
  if (quality) {
    if (typeof VideoEncoder === 'undefined') return null
    const seen = await VideoEncoder.isConfigSupported(picture(quality)).catch(() => null)
    if (!seen?.supported) return null
  }
  for (const codec of ['aac', 'opus'] as const) {
    const heard = await AudioEncoder.isConfigSupported(sound(codec, 48_000)).catch(() => null)
    if (heard?.supported) return { sound: codec }
  }
  return null
}

const size = ({ width, height, fps }: Quality): Size => ({ w: width, h: height, fps: Math.round(fps) })

export class Encoder implements Coder {
  dropped = 0
  private config: SoundConfig | null = null
  private readonly seen: VideoEncoder | null
  private readonly heard: AudioEncoder
  private thin: VideoEncoder | null = null
  private readonly small = document.createElement('canvas')
  private readonly shrink: CanvasRenderingContext2D | null
  private lastKey = -Infinity
  private ticks = 0
  private resting: 'no' | 'yes' | 'until a keyframe' = 'no'
  private bitrate: number

  /** `quality` null: sound alone. With `thin` a second, small picture goes beside the first. */
  constructor(
    readonly quality: Quality | null, private readonly codec: 'aac' | 'opus', thin: boolean,
    private readonly give: (unit: Unit) => void, failed: (error: Error) => void,
  ) {
    this.bitrate = quality?.bitrate ?? 0
    this.heard = new AudioEncoder({ output: (chunk, more) => this.outSound(chunk, more), error: failed })
    this.seen = quality && new VideoEncoder({ output: (chunk) => this.out('video', chunk), error: failed })
    this.shrink = quality && thin ? this.small.getContext('2d', { alpha: false, desynchronized: true }) : null
    if (quality) this.seen!.configure(picture(quality))
    if (this.shrink) this.beginThin()
  }

  get announced(): Announced | null {
    if (!this.config) return null
    return { video: this.quality && size(this.quality), audio: this.config, ...(this.thin ? { thin: size(THIN) } : {}) }
  }

  get rate(): number {
    return this.bitrate
  }

  wantKey(): void {
    this.lastKey = -Infinity
  }

  picture(canvas: HTMLCanvasElement, at_us: number, skip: boolean): void {
    this.ticks += 1
    const keyFrame = at_us - this.lastKey >= KEY_US
    const went = !skip && this.encode(this.seen, canvas, at_us, keyFrame, this.quality!.fps)
    if (!went && !skip) this.dropped += 1
    // Both pictures begin their segments at the same instants.
    const key = keyFrame && (went || skip)
    if (key && this.resting === 'until a keyframe') this.resting = 'no'
    if (this.thin && this.resting === 'no' && (key || this.ticks % 2 === 0)) {
      this.shrink!.drawImage(canvas, 0, 0, THIN.width, THIN.height)
      this.encode(this.thin, this.small, at_us, key, THIN.fps)
    }
    if (key) this.lastKey = at_us
  }

  block(samples: Float32Array<ArrayBuffer>, at_us: number, rate: number): void {
    if (this.heard.state === 'unconfigured') this.heard.configure(sound(this.codec, rate))
    if (this.heard.state !== 'configured') return
    const data = new AudioData({
      format: 'f32-planar', sampleRate: rate, numberOfFrames: samples.length, numberOfChannels: 1, timestamp: at_us, data: samples,
    })
    this.heard.encode(data)
    data.close()
  }

  /** The picture's size stays, so no new header is needed. */
  setRate(wanted: number): void {
    if (!this.quality || this.seen?.state !== 'configured') return
    const bitrate = Math.round(Math.min(this.quality.bitrate, Math.max(LEAST_BITRATE, wanted)))
    if (bitrate === this.bitrate) return
    this.bitrate = bitrate
    this.seen.configure(picture({ ...this.quality, bitrate }))
    this.wantKey()
  }

  rest(on: boolean): void {
    if (on) this.resting = 'yes'
    else if (this.resting === 'yes') this.resting = 'until a keyframe'
  }

  close(): void {
    for (const one of [this.seen, this.thin, this.heard]) if (one && one.state !== 'closed') one.close()
  }

  /** Without the thin picture the programme goes on: its failure is nobody's. */
  private beginThin(): void {
    this.small.width = THIN.width
    this.small.height = THIN.height
    this.thin = new VideoEncoder({ output: (chunk) => this.out('video', chunk, 1), error: () => { this.thin = null } })
    this.thin.configure(picture(THIN))
  }

  private encode(encoder: VideoEncoder | null, canvas: HTMLCanvasElement, at_us: number, keyFrame: boolean, fps: number): boolean {
    if (encoder?.state !== 'configured' || encoder.encodeQueueSize > QUEUE) return false
    const frame = new VideoFrame(canvas, { timestamp: at_us, duration: Math.round(1e6 / fps) })
    encoder.encode(frame, { keyFrame })
    frame.close()
    return true
  }

  private outSound(chunk: EncodedAudioChunk, more?: EncodedAudioChunkMetadata): void {
    const told = more?.decoderConfig
    if (told && !this.config) {
      this.config = { codec: this.codec, rate: told.sampleRate, ch: told.numberOfChannels, desc: this.codec === 'aac' ? hex(told.description) : '' }
    }
    if (this.config) this.out('audio', chunk)
  }

  private out(kind: 'video' | 'audio', chunk: EncodedVideoChunk | EncodedAudioChunk, track: 0 | 1 = 0): void {
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    this.give({ kind, track, key: chunk.type === 'key', at_us: chunk.timestamp, dur_us: chunk.duration ?? 0, data })
  }
}

function hex(data: AllowSharedBufferSource | undefined): string {
  if (!data) return ''
  const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
