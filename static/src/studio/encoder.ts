/* H.264 and AAC or Opus out of pictures and blocks, by WebCodecs. Chooses every keyframe, and with it every segment. */

export interface Unit { kind: 'video' | 'audio', key: boolean, at_us: number, dur_us: number, data: Uint8Array }

export interface Quality { width: number, height: number, fps: number, bitrate: number }

export interface SoundConfig { codec: 'aac' | 'opus', rate: number, ch: number, desc: string }

export const QUALITIES = {
  clear: { width: 1280, height: 720, fps: 25, bitrate: 1_500_000 },
  fluent: { width: 640, height: 360, fps: 25, bitrate: 600_000 },
} satisfies Record<string, Quality>

const KEY_US = 985_000
const QUEUE = 3
const LEAST_BITRATE = 200_000

const picture = ({ width, height, fps, bitrate }: Quality): VideoEncoderConfig => ({
  codec: 'avc1.42E01F', // level 3.1: 3.0 is refused at 1280x720
  width, height, framerate: fps, bitrate,
  latencyMode: 'realtime',
  avc: { format: 'annexb' },
})

const sound = (codec: 'aac' | 'opus', rate: number): AudioEncoderConfig => ({
  codec: codec === 'aac' ? 'mp4a.40.2' : 'opus',
  sampleRate: rate, numberOfChannels: 1, bitrate: 64_000,
  ...(codec === 'aac' ? { aac: { format: 'aac' } } : {}),
})

/** What this browser can encode: null when it has no way to a picture that every resident can see. */
export async function able(quality: Quality): Promise<{ sound: 'aac' | 'opus' } | null> {
  if (typeof VideoEncoder === 'undefined' || typeof AudioEncoder === 'undefined') return null
  const seen = await VideoEncoder.isConfigSupported(picture(quality)).catch(() => null)
  if (!seen?.supported) return null
  for (const codec of ['aac', 'opus'] as const) {
    const heard = await AudioEncoder.isConfigSupported(sound(codec, 48_000)).catch(() => null)
    if (heard?.supported) return { sound: codec }
  }
  return null
}

export class Encoder {
  /** What the sound is, known with its first packet. */
  config: SoundConfig | null = null
  dropped = 0
  frames = 0
  private readonly seen: VideoEncoder
  private readonly heard: AudioEncoder
  private lastKey = -Infinity
  private bitrate: number

  constructor(
    readonly quality: Quality, private readonly codec: 'aac' | 'opus',
    private readonly give: (unit: Unit) => void, failed: (error: Error) => void,
  ) {
    this.bitrate = quality.bitrate
    this.seen = new VideoEncoder({ output: (chunk) => this.out('video', chunk), error: failed })
    this.heard = new AudioEncoder({ output: (chunk, more) => this.outSound(chunk, more), error: failed })
    this.seen.configure(picture(quality))
  }

  get rate(): number {
    return this.bitrate
  }

  /** The next picture is a keyframe. */
  wantKey(): void {
    this.lastKey = -Infinity
  }

  picture(canvas: HTMLCanvasElement, at_us: number): void {
    if (this.seen.state !== 'configured') return
    if (this.seen.encodeQueueSize > QUEUE) {
      this.dropped += 1
      return
    }
    const keyFrame = at_us - this.lastKey >= KEY_US
    if (keyFrame) this.lastKey = at_us
    const frame = new VideoFrame(canvas, { timestamp: at_us, duration: Math.round(1e6 / this.quality.fps) })
    this.seen.encode(frame, { keyFrame })
    frame.close()
    this.frames += 1
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

  /** Less for a weak line, more for a good one; the picture's size stays, so no new header is needed. */
  setRate(wanted: number): void {
    const bitrate = Math.round(Math.min(this.quality.bitrate, Math.max(LEAST_BITRATE, wanted)))
    if (bitrate === this.bitrate || this.seen.state !== 'configured') return
    this.bitrate = bitrate
    this.seen.configure(picture({ ...this.quality, bitrate }))
    this.wantKey()
  }

  close(): void {
    for (const one of [this.seen, this.heard]) if (one.state !== 'closed') one.close()
  }

  private outSound(chunk: EncodedAudioChunk, more?: EncodedAudioChunkMetadata): void {
    const told = more?.decoderConfig
    if (told && !this.config) {
      this.config = { codec: this.codec, rate: told.sampleRate, ch: told.numberOfChannels, desc: this.codec === 'aac' ? hex(told.description) : '' }
    }
    if (this.config) this.out('audio', chunk)
  }

  private out(kind: 'video' | 'audio', chunk: EncodedVideoChunk | EncodedAudioChunk): void {
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    this.give({ kind, key: chunk.type === 'key', at_us: chunk.timestamp, dur_us: chunk.duration ?? 0, data })
  }
}

function hex(data: AllowSharedBufferSource | undefined): string {
  if (!data) return ''
  const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
