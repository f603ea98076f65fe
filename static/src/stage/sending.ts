/* Encodes one voice and one picture for the relayed way, in step by the sound's clock, and sends less when the
   line takes less: pictures are left out first, sound only where nothing moves at all. */
import workletUrl from '@/studio/sound.worklet.ts?worker&url'
import { Beat, PictureTimes, SoundClock } from '@/studio/clock'
import { sizeOf } from '@/studio/paint'
import type { Packet, RelayLine } from './relay'

/** What the other side must know before it can decode. */
export interface Config { video: { codec: string, w: number, h: number } | null, audio: { codec: string, rate: number } }

export interface Look { width: number, height: number, fps: number, bitrate: number }

const SOUND_BITRATE = 32_000
const KEY_US = 2_000_000
/** What waits on the way longer than it need: from here no picture, from here no sound either, for nobody talks with
    an answer that comes so late. */
const [SLOW_MS, STUCK_MS] = [150, 400]
/** And so much of it, until it is known how long the way is. */
const [FULL_BYTES, STUCK_BYTES] = [48_000, 80_000]
/** A line that carries nothing has to be asked whether it does again. */
const TRICKLE_MS = 200
const [LESS, MORE] = [0.75, 1.15]
const [LESS_MS, MORE_MS] = [1_000, 8_000]
const LEAST = 120_000
const CODECS = ['avc1.42E01F', 'vp8']

export class Sending {
  private readonly canvas = document.createElement('canvas')
  private readonly paint = this.canvas.getContext('2d', { alpha: false })!
  private heard: AudioEncoder | null = null
  private seen: VideoEncoder | null = null
  private source: AudioNode | null = null
  private blocks: AudioWorkletNode | null = null
  private codec = ''
  private samples = 0
  private readonly clock = new SoundClock()
  private readonly times = new PictureTimes()
  private readonly beat: Beat
  private lastKey = -Infinity
  private rate: number
  private changedAt = 0
  private saidAt = 0

  constructor(
    private readonly context: AudioContext, private readonly line: RelayLine,
    private readonly picture: CanvasImageSource | null, private readonly look: Look,
  ) {
    this.rate = look.bitrate
    this.beat = new Beat(look.fps)
    line.onKey = () => { this.lastKey = -Infinity }
    this.canvas.width = look.width
    this.canvas.height = look.height
  }

  /** Begin with this voice; the picture follows the sound's clock. */
  async start(voice: MediaStream): Promise<void> {
    await this.context.audioWorklet.addModule(workletUrl)
    this.heard = new AudioEncoder({ output: (chunk) => this.out('audio', chunk), error: () => this.stop() })
    this.heard.configure({ codec: 'opus', sampleRate: this.context.sampleRate, numberOfChannels: 1, bitrate: SOUND_BITRATE })
    if (this.picture) await this.choose()
    this.blocks = new AudioWorkletNode(this.context, 'blocks', { numberOfOutputs: 1 })
    this.blocks.connect(this.context.destination) // what it gives out is silence, and only what is played is run
    this.blocks.port.onmessage = ({ data }: MessageEvent<{ block: Float32Array<ArrayBuffer>, made_ms: number }>) => this.tick(data.block, data.made_ms)
    this.hear(voice)
    this.begin()
  }

  /** Another voice from now on: a microphone was changed. */
  hear(voice: MediaStream): void {
    this.source?.disconnect()
    this.source = voice.getAudioTracks().length ? this.context.createMediaStreamSource(voice) : null
    if (this.blocks) this.source?.connect(this.blocks)
  }

  /** Somebody new reads: what it is, and a whole picture. */
  begin(): void {
    const { width, height } = this.look
    const video = this.codec ? { codec: this.codec, w: width, h: height } : null
    const config: Config = { video, audio: { codec: 'opus', rate: this.context.sampleRate } }
    this.line.send({ kind: 'config', key: true, at_us: this.clock_us, data: new TextEncoder().encode(JSON.stringify(config)) })
    this.lastKey = -Infinity
  }

  stop(): void {
    this.source?.disconnect()
    if (this.blocks) this.blocks.port.onmessage = null
    this.blocks?.disconnect()
    for (const one of [this.heard, this.seen]) if (one && one.state !== 'closed') one.close()
    this.heard = this.seen = null
  }

  private get clock_us(): number {
    return Math.round((this.samples * 1e6) / this.context.sampleRate)
  }

  private async choose(): Promise<void> {
    for (const codec of CODECS) {
      const told = await VideoEncoder.isConfigSupported(this.setting(codec)).catch(() => null)
      if (!told?.supported) continue
      this.codec = codec
      this.seen = new VideoEncoder({ output: (chunk) => this.out('video', chunk), error: () => { this.seen = null } })
      this.seen.configure(this.setting(codec))
      return
    }
  }

  private setting(codec: string): VideoEncoderConfig {
    const { width, height, fps } = this.look
    return {
      codec, width, height, framerate: fps, bitrate: this.rate, latencyMode: 'realtime',
      ...(codec.startsWith('avc') ? { avc: { format: 'annexb' } } : {}),
    }
  }

  private tick(block: Float32Array<ArrayBuffer>, made_ms: number): void {
    const at_us = this.clock_us
    this.samples += block.length
    this.clock.heard(this.clock_us, made_ms)
    this.say(block, at_us)
    const now = performance.now()
    if (!this.picture || !this.beat.due(now)) return
    this.draw(this.times.of(this.clock.at_us(Date.now())))
    this.beat.took(now, performance.now())
  }

  private say(block: Float32Array<ArrayBuffer>, at_us: number): void {
    const { line } = this
    const now = performance.now()
    const stuck = line.late_ms > STUCK_MS || line.waiting > STUCK_BYTES
    if (this.heard?.state !== 'configured' || (stuck && now - this.saidAt < TRICKLE_MS)) return
    this.saidAt = now
    const data = new AudioData({
      format: 'f32-planar', sampleRate: this.context.sampleRate, numberOfFrames: block.length, numberOfChannels: 1, timestamp: at_us, data: block,
    })
    this.heard.encode(data)
    data.close()
  }

  private draw(at_us: number): void {
    const { picture, seen } = this
    if (!picture || seen?.state !== 'configured' || this.line.state !== 'on') return
    const [wide, high] = sizeOf(picture)
    if (!wide || seen.encodeQueueSize > 1 || this.slow(seen)) return
    const { width, height } = this.canvas
    const scale = Math.max(width / wide, height / high)
    this.paint.drawImage(picture, (width - wide * scale) / 2, (height - high * scale) / 2, wide * scale, high * scale)
    const keyFrame = at_us - this.lastKey >= KEY_US
    if (keyFrame) this.lastKey = at_us
    const frame = new VideoFrame(this.canvas, { timestamp: at_us })
    seen.encode(frame, { keyFrame })
    frame.close()
  }

  /** The line is full: no picture now, and smaller ones from here on, until it was quiet for a while. */
  private slow(seen: VideoEncoder): boolean {
    const full = this.line.late_ms > SLOW_MS || this.line.waiting > FULL_BYTES
    const now = performance.now()
    if (now - this.changedAt > (full ? LESS_MS : MORE_MS)) {
      this.changedAt = now
      const wanted = Math.round(this.rate * (full ? LESS : MORE))
      const rate = Math.max(LEAST, Math.min(this.look.bitrate, wanted))
      if (rate !== this.rate) {
        this.rate = rate
        seen.configure(this.setting(this.codec))
        this.lastKey = -Infinity
      }
    }
    return full
  }

  private out(kind: Packet['kind'], chunk: EncodedVideoChunk | EncodedAudioChunk): void {
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    this.line.send({ kind, key: chunk.type === 'key', at_us: chunk.timestamp, data })
  }
}
