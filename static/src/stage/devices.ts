/* A guest's camera and microphone: small pictures, a level to look at, and the next device when one is unplugged. */
import { NoCapture, type Device, type Lack } from '@/studio/capture'

export interface Found { cameras: Device[], microphones: Device[] }

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
/** What a tile of the programme needs, and an old phone can give. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15, max: 30 } }
const WINDOW = 1024

function whyNot(error: unknown): Lack {
  const name = (error as DOMException)?.name
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy'
}

/** Why this page cannot ask for devices at all; null: it can. WeChat's browser offers none on many phones. */
export function lackOf(): Lack | null {
  if (!window.isSecureContext) return 'insecure'
  const offered = [navigator.mediaDevices?.getUserMedia, window.AudioContext, window.RTCPeerConnection] as unknown[]
  return offered.every(Boolean) ? null : 'unsupported'
}

export class Devices {
  camera: MediaStreamTrack | null = null
  microphone: MediaStreamTrack | null = null
  context: AudioContext | null = null
  onLost: (what: 'camera' | 'microphone') => void = () => {}
  private meter: AnalyserNode | null = null
  private heard: AudioNode | null = null
  private readonly samples = new Float32Array(WINDOW)

  async open(soundOnly: boolean, cameraId?: string, microphoneId?: string): Promise<void> {
    const lack = lackOf()
    if (lack) throw new NoCapture(lack)
    await this.useMicrophone(microphoneId)
    if (soundOnly) this.leaveCamera()
    else await this.useCamera(cameraId)
  }

  async useMicrophone(id?: string): Promise<void> {
    const track = (await this.ask({ audio: { ...SOUND, ...(id ? { deviceId: { ideal: id } } : {}) } })).getAudioTracks()[0]
    this.microphone?.stop()
    this.microphone = track
    track.onended = () => this.onLost('microphone')
    this.context ??= new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' })
    this.heard?.disconnect()
    this.meter ??= Object.assign(this.context.createAnalyser(), { fftSize: WINDOW })
    this.heard = this.context.createMediaStreamSource(new MediaStream([track]))
    this.heard.connect(this.meter)
  }

  async useCamera(id?: string): Promise<void> {
    const track = (await this.ask({ video: { ...PICTURE, ...(id ? { deviceId: { ideal: id } } : {}) } })).getVideoTracks()[0]
    this.camera?.stop()
    this.camera = track
    track.onended = () => this.onLost('camera')
  }

  leaveCamera(): void {
    this.camera?.stop()
    this.camera = null
  }

  /** How loud the microphone is now, 0 to 1. */
  level(): number {
    if (!this.meter) return 0
    this.meter.getFloatTimeDomainData(this.samples)
    return this.samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
  }

  async list(): Promise<Found> {
    const all = await navigator.mediaDevices.enumerateDevices()
    const of = (kind: MediaDeviceKind): Device[] => all.filter((one) => one.kind === kind && one.deviceId)
      .map((one, i) => ({ id: one.deviceId, label: one.label || String(i + 1) }))
    return { cameras: of('videoinput'), microphones: of('audioinput') }
  }

  close(): void {
    this.leaveCamera()
    this.microphone?.stop()
    this.microphone = this.meter = this.heard = null
    void this.context?.close()
    this.context = null
  }

  private async ask(wanted: MediaStreamConstraints): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia(wanted)
    } catch (error) {
      throw new NoCapture(whyNot(error))
    }
  }
}
