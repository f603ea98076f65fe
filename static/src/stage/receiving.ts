/* Decodes what came by the relayed way: a voice as a node of the mix, a picture on a canvas, kept in step. */
import type { Packet } from './relay'
import type { Config } from './sending'

/** Sound waits this long for its successor, so that an uneven line does not crackle. */
const LEAD_S = 0.08
/** Further ahead than this is not patience but delay: what came in a burst is left out. */
const MOST_S = 0.3
/** And where all of it was so much further ahead for so long, a little of it. */
const [SPARE_S, SPARE_FOR_S] = [0.03, 1.5]
/** A picture waits for its sound, however far ahead that may be; at more than that one of the two is wrong. */
const LATE_MS = 1.3 * MOST_S * 1000
/** Pictures that wait to be decoded: what comes after is late, and a whole one is asked for instead. */
const UNDECODED = 4
/** Decoded ones that wait for their sound. */
const WAITING = 6

export class Receiving {
  readonly canvas = document.createElement('canvas')
  readonly voice: GainNode
  /** When the last packet came, by performance.now(). */
  heardAt = 0
  /** Nothing can be shown before a whole picture has come. */
  onKey: () => void = () => {}
  private readonly paint = this.canvas.getContext('2d', { alpha: false })!
  private heard: AudioDecoder | null = null
  private seen: VideoDecoder | null = null
  private next = 0
  /** Seconds to add to a packet's own time to have the time at which it is played. */
  private shift = 0
  private waitsForKey = true
  private spare = { least: Infinity, since: 0 }
  private frames: VideoFrame[] = []
  private timer = 0

  constructor(private readonly context: AudioContext) {
    this.voice = context.createGain()
    this.canvas.width = this.canvas.height = 0
  }

  take(packet: Packet): void {
    this.heardAt = performance.now()
    if (packet.kind === 'config') this.configure(JSON.parse(new TextDecoder().decode(packet.data)) as Config)
    else if (packet.kind === 'audio') this.hear(packet)
    else this.see(packet)
  }

  stop(): void {
    this.reset()
    this.voice.disconnect()
  }

  private configure({ video, audio }: Config): void {
    this.reset()
    this.heard = new AudioDecoder({ output: (data) => this.play(data), error: () => { this.heard = null } })
    this.heard.configure({ codec: audio.codec, sampleRate: audio.rate, numberOfChannels: 1 })
    if (!video) return
    this.seen = new VideoDecoder({ output: (frame) => this.show(frame), error: () => { this.seen = null } })
    this.seen.configure({ codec: video.codec, codedWidth: video.w, codedHeight: video.h, optimizeForLatency: true })
    this.waitsForKey = true
  }

  private reset(): void {
    for (const one of [this.heard, this.seen]) if (one && one.state !== 'closed') one.close()
    this.heard = this.seen = null
    this.next = 0
    clearTimeout(this.timer)
    this.frames.splice(0).forEach((frame) => frame.close())
  }

  private hear({ at_us, data }: Packet): void {
    if (this.heard?.state === 'configured') this.heard.decode(new EncodedAudioChunk({ type: 'key', timestamp: at_us, data }))
  }

  private see({ at_us, key, data }: Packet): void {
    if (this.seen?.state !== 'configured') return
    if (this.seen.decodeQueueSize > UNDECODED) this.waitsForKey = true
    if (this.waitsForKey && (!key || this.seen.decodeQueueSize > UNDECODED)) return this.onKey()
    this.waitsForKey = false
    this.seen.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: at_us, data }))
  }

  private play(data: AudioData): void {
    const { context } = this
    const now = context.currentTime
    const samples = new Float32Array(data.numberOfFrames)
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
    const { sampleRate, timestamp } = data
    data.close()
    if (this.next < now) {
      this.next = now + LEAD_S
      this.spare = { least: Infinity, since: now }
    } else if (this.next > now + MOST_S || this.tooFar(now)) return
    const buffer = context.createBuffer(1, samples.length, sampleRate)
    buffer.copyToChannel(samples, 0)
    const one = context.createBufferSource()
    one.buffer = buffer
    one.connect(this.voice)
    one.start(this.next)
    this.shift = this.next - timestamp / 1e6
    this.next += buffer.duration
  }

  /** What an uneven line once needed is not kept for ever: nobody talks well with a delay. */
  private tooFar(now: number): boolean {
    const { spare } = this
    spare.least = Math.min(spare.least, this.next - now)
    if (now - spare.since < SPARE_FOR_S) return false
    const far = spare.least > LEAD_S + SPARE_S
    this.spare = { least: Infinity, since: far ? now - SPARE_FOR_S + 0.2 : now }
    return far
  }

  /** The picture waits for its sound. */
  private show(frame: VideoFrame): void {
    this.frames.push(frame)
    if (this.frames.length > WAITING) this.frames.shift()!.close()
    this.draw()
  }

  /** Milliseconds until the picture's sound is heard. */
  private wait(frame: VideoFrame): number {
    const wait = this.next ? (frame.timestamp / 1e6 + this.shift - this.context.currentTime) * 1000 : 0
    return wait > LATE_MS ? 0 : wait
  }

  /** The newest picture that is due; those before it are too late to be seen. */
  private draw(): void {
    clearTimeout(this.timer)
    const due = this.frames.filter((frame) => this.wait(frame) <= 0).length
    const late = this.frames.splice(0, due)
    const frame = late.pop()
    late.forEach((one) => one.close())
    if (frame) {
      if (this.canvas.width !== frame.displayWidth || this.canvas.height !== frame.displayHeight) {
        this.canvas.width = frame.displayWidth
        this.canvas.height = frame.displayHeight
      }
      this.paint.drawImage(frame, 0, 0)
      frame.close()
    }
    if (this.frames.length) this.timer = window.setTimeout(() => this.draw(), this.wait(this.frames[0]))
  }
}
