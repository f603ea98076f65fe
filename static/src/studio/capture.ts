/* Camera, microphone and screen of this machine, and the clock that both tracks share. Knows nothing of the line. */
import { SoundClock } from './clock'
import { HALL, Mix } from './mix'
import workletUrl from './sound.worklet.ts?worker&url'

export interface Device { id: string, label: string }
export interface Devices { cameras: Device[], microphones: Device[] }

/** One block of 20 ms: mono samples, how loud the loudest was (0 to 1), and when it began, in microseconds. */
export interface Block { samples: Float32Array<ArrayBuffer>, peak: number, at_us: number, rate: number }

/** Why there is no picture: words for each are the screen's. */
export type Lack = 'insecure' | 'unsupported' | 'denied' | 'none' | 'busy'

export class NoCapture extends Error {
  constructor(readonly why: Lack) { super(why) }
}

function whyNot(error: unknown): Lack {
  const name = (error as DOMException)?.name
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  return 'busy'
}

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const FPS = 25

export class Capture {
  /** Everything that is heard: this machine's microphone and the guests. */
  readonly mix = new Mix()
  readonly video = document.createElement('video')
  readonly shared = document.createElement('video')
  camera: Device | null = null
  microphone: Device | null = null
  /** The picture went away by itself: unplugged, or taken by another program. */
  onLost: (what: 'camera' | 'microphone' | 'screen') => void = () => {}
  onBlock: (block: Block) => void = () => {}
  private context: AudioContext | null = null
  private streams = new Map<'camera' | 'microphone' | 'screen', MediaStream>()
  private samples = 0
  private picture: MediaTrackConstraints = {}
  private readonly clock = new SoundClock()

  constructor() {
    for (const video of [this.video, this.shared]) {
      video.muted = true
      video.playsInline = true
    }
  }

  /** Microseconds of sound so far: the time of the next block. */
  get clock_us(): number {
    return this.context ? Math.round((this.samples * 1e6) / this.context.sampleRate) : 0
  }

  /** The time of a picture taken now. A busy page reads blocks late: they do not tell it. */
  get now_us(): number {
    return this.clock.at_us(Date.now())
  }

  /**
   * Open a camera and a microphone, those remembered if they are there. Throws NoCapture.
   * With `soundOnly` no camera is asked for, and the microphone must be there.
   */
  async open(cameraId?: string | null, microphoneId?: string | null, soundOnly = false): Promise<void> {
    if (!window.isSecureContext) throw new NoCapture('insecure')
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioContext || !('audioWorklet' in AudioContext.prototype)) throw new NoCapture('unsupported')
    if (soundOnly) {
      this.leaveCamera()
      await this.useMicrophone(microphoneId ?? null)
    } else {
      await this.useCamera(cameraId ?? null)
      await this.useMicrophone(microphoneId ?? null).catch(() => this.silence())
    }
    navigator.mediaDevices.addEventListener('devicechange', this.changed)
  }

  async devices(): Promise<Devices> {
    const all = await navigator.mediaDevices.enumerateDevices()
    const of = (kind: MediaDeviceKind): Device[] => all.filter((one) => one.kind === kind && one.deviceId)
      .map((one, i) => ({ id: one.deviceId, label: one.label || String(i + 1) }))
    return { cameras: of('videoinput'), microphones: of('audioinput') }
  }

  /** No camera gives more than the programme shows: to make it smaller anew for every picture costs more than all else
      that is drawn. */
  useSize(width: number, height: number): void {
    this.picture = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: FPS } }
    void this.streams.get('camera')?.getVideoTracks()[0]?.applyConstraints(this.picture).catch(() => {})
  }

  async useCamera(id: string | null): Promise<void> {
    const stream = await this.ask({ video: { ...this.picture, ...(id ? { deviceId: { ideal: id } } : {}) } })
    this.hold('camera', stream)
    this.camera = named(stream.getVideoTracks()[0])
    this.video.srcObject = stream
    await this.video.play().catch(() => {})
  }

  /** The camera is let go: its light goes out. */
  leaveCamera(): void {
    this.drop('camera')
    this.camera = null
    this.video.srcObject = null
  }

  async useMicrophone(id: string | null): Promise<void> {
    const stream = await this.ask({ audio: { ...SOUND, ...(id ? { deviceId: { ideal: id } } : {}) } })
    this.hold('microphone', stream)
    this.microphone = named(stream.getAudioTracks()[0])
    await this.listen()
    this.mix.add(HALL, stream.getAudioTracks()[0])
  }

  /** The screen or one window, drawn into the same picture. False when the person thought better of it. */
  async share(): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 10 } }, audio: false })
      stream.getVideoTracks()[0].contentHint = 'detail'
      this.hold('screen', stream)
      this.shared.srcObject = stream
      await this.shared.play().catch(() => {})
      return true
    } catch {
      return false
    }
  }

  stopSharing(): void {
    this.drop('screen')
    this.shared.srcObject = null
  }

  get sharing(): boolean {
    return this.streams.has('screen')
  }

  /** A muted microphone goes on giving blocks, of silence: the sound track must never stop. */
  setSound(on: boolean): void {
    this.mix.mute(HALL, !on)
  }

  /** Browsers stop the sound clock until somebody touched the page; with a camera open they do not. */
  async wake(): Promise<void> {
    if (this.context?.state === 'suspended') await this.context.resume()
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.changed)
    Array.from(this.streams.keys()).forEach((what) => this.drop(what))
    this.mix.close()
    void this.context?.close()
    this.context = null
  }

  // Inside

  private async ask(wanted: MediaStreamConstraints): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia(wanted)
    } catch (error) {
      throw new NoCapture(whyNot(error))
    }
  }

  private async silence(): Promise<void> {
    this.microphone = null
    await this.listen()
  }

  private async listen(): Promise<void> {
    if (this.context) return
    const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' })
    this.context = context
    await context.audioWorklet.addModule(workletUrl)
    const blocks = new AudioWorkletNode(context, 'blocks', { numberOfOutputs: 1 })
    this.mix.begin(context, blocks)
    // Only what leads to the loudspeaker is run; what this node gives out is silence.
    blocks.connect(context.destination)
    blocks.port.onmessage = ({ data }: MessageEvent<{ block: Float32Array<ArrayBuffer>, peak: number, made_ms: number }>) => {
      const at_us = this.clock_us
      this.samples += data.block.length
      this.clock.heard(this.clock_us, data.made_ms)
      this.onBlock({ samples: data.block, peak: data.peak, at_us, rate: context.sampleRate })
    }
  }

  private hold(what: 'camera' | 'microphone' | 'screen', stream: MediaStream): void {
    this.drop(what)
    this.streams.set(what, stream)
    stream.getTracks()[0].addEventListener('ended', () => {
      if (this.streams.get(what) === stream) {
        this.streams.delete(what)
        this.onLost(what)
      }
    })
  }

  private drop(what: 'camera' | 'microphone' | 'screen'): void {
    const stream = this.streams.get(what)
    this.streams.delete(what)
    stream?.getTracks().forEach((track) => track.stop())
  }

  private readonly changed = (): void => {
    void this.devices().then(({ cameras }) => {
      if (this.camera && !cameras.some((one) => one.id === this.camera!.id)) this.onLost('camera')
    })
  }
}

function named(track: MediaStreamTrack | undefined): Device | null {
  return track ? { id: track.getSettings().deviceId ?? '', label: track.label } : null
}
