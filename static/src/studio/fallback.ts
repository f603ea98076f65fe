/* Where WebCodecs is missing: the browser's own recorder writes MP4 or WebM, the server takes it apart. Keyframes are
   not ours to choose here, and another bitrate needs another recording. */
import { LEAST_BITRATE, SOUND_BITRATE, type Announced, type Coder, type Quality, type Unit } from './encoder'

/** Best first. WebM before MP4: Chromium writes an MP4 only at keyframes, a second later. Nothing but H.264. */
const PICTURES = [
  'video/webm;codecs=h264,opus', 'video/mp4;codecs=avc1.42E01F,mp4a.40.2', 'video/mp4;codecs=avc1,mp4a.40.2',
  'video/mp4;codecs=avc3.42E01F,opus', 'video/mp4;codecs=avc1.42E01F,opus',
]
const SOUNDS = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4;codecs=opus']
const SLICE_MS = 200
/** One message of the line holds a mebibyte. */
const PIECE = 512 * 1024
const RESTART_MS = 20_000

/** The kind of recording this browser can make, null when residents could not take any of them. */
export function recordable(soundAlone: boolean): string | null {
  if (typeof MediaRecorder === 'undefined' || !HTMLCanvasElement.prototype.captureStream) return null
  return (soundAlone ? SOUNDS : PICTURES).find((kind) => MediaRecorder.isTypeSupported(kind)) ?? null
}

export class Recording implements Coder {
  readonly announced: Announced
  readonly dropped = 0
  private readonly recorder: MediaRecorder
  private readonly track: CanvasCaptureMediaStreamTrack | null
  private readonly begun = performance.now()
  private pieces: Promise<void> = Promise.resolve()
  private bitrate: number
  private closed = false

  /** `quality` null: sound alone. `again` asks to begin a new recording: another bitrate is wanted. */
  constructor(
    canvas: HTMLCanvasElement, sound: MediaStream, quality: Quality | null, bitrate: number, kind: string,
    private readonly give: (unit: Unit) => void, private readonly again: () => void, failed: (error: Error) => void,
  ) {
    this.bitrate = bitrate
    this.announced = {
      video: quality && { w: quality.width, h: quality.height, fps: quality.fps },
      container: kind.includes('webm') ? 'webm' : 'mp4',
    }
    this.track = quality ? canvas.captureStream(quality.fps).getVideoTracks()[0] as CanvasCaptureMediaStreamTrack : null
    const stream = new MediaStream([...(this.track ? [this.track] : []), ...sound.getAudioTracks()])
    // The keyframe interval is Chromium's own option; who does not know it is measured by the server.
    const options = { mimeType: kind, videoBitsPerSecond: bitrate, audioBitsPerSecond: SOUND_BITRATE, videoKeyFrameIntervalDuration: 1_000 }
    this.recorder = new MediaRecorder(stream, options)
    this.recorder.ondataavailable = ({ data }) => { this.pieces = this.pieces.then(() => this.out(data)) }
    this.recorder.onerror = (event) => failed((event as ErrorEvent).error as Error ?? new Error('recorder'))
    this.recorder.start(SLICE_MS)
  }

  get rate(): number {
    return this.bitrate
  }

  wantKey(): void { /* the recorder chooses */ }

  /** The canvas is filmed as it is drawn. */
  picture(): void { /* nothing to do */ }

  block(): void { /* the sound is heard from the mix */ }

  setRate(wanted: number): void {
    const bitrate = Math.round(Math.max(LEAST_BITRATE, wanted))
    if (!this.track || bitrate === this.bitrate || performance.now() - this.begun < RESTART_MS) return
    this.bitrate = bitrate
    this.again()
  }

  rest(): void { /* there is no thin picture */ }

  close(): void {
    this.closed = true
    if (this.recorder.state !== 'inactive') this.recorder.stop()
    this.track?.stop()
  }

  private async out(blob: Blob): Promise<void> {
    const bytes = new Uint8Array(await blob.arrayBuffer())
    for (let at = 0; at < bytes.length && !this.closed; at += PIECE) {
      this.give({ kind: 'recorded', track: 0, key: false, at_us: 0, dur_us: 0, data: bytes.subarray(at, at + PIECE) })
    }
  }
}
