/* The programme's sound: the hall's microphone and every guest, added up once for the stream, and once more for each
   guest without the guest's own voice. Knows no line and no picture. */

interface Voice { from: AudioNode, gain: GainNode, level: AnalyserNode, track: HTMLAudioElement | null }

/** Key of the hall's own microphone. */
export const HALL = 'hall'

/** Loudness is read over this many samples: 21 ms at 48 kHz. */
const WINDOW = 1024

export class Mix {
  /** Null until a microphone was asked for. */
  context: AudioContext | null = null
  private programme: AudioNode | null = null
  private heard: GainNode | null = null
  private readonly voices = new Map<string, Voice>()
  private silent = false
  private readonly muted = new Set<string>()
  private readonly waiting = new Map<string, MediaStreamTrack | AudioNode>()
  private readonly others = new Map<string, MediaStreamAudioDestinationNode>()
  private readonly samples = new Float32Array(WINDOW)

  /** The sound clock runs: what was added before is joined now. */
  begin(context: AudioContext, programme: AudioNode): void {
    this.context = context
    this.programme = programme
    this.heard = context.createGain()
    this.heard.connect(context.destination)
    for (const [key, sound] of this.waiting) this.join(key, sound)
    this.waiting.clear()
  }

  /** Everybody who watches hears this voice, the hall hears it too; the same key again takes the old one's place. */
  add(key: string, sound: MediaStreamTrack | AudioNode): void {
    this.part(key)
    if (this.context) this.join(key, sound)
    else this.waiting.set(key, sound)
  }

  drop(key: string): void {
    this.part(key)
    this.waiting.delete(key)
    this.muted.delete(key)
    this.others.get(key)?.disconnect()
    this.others.delete(key)
  }

  /** Muted is unheard by everybody; the voice stays joined, so that it is back at once. */
  mute(key: string, on: boolean): void {
    if (on) this.muted.add(key)
    else this.muted.delete(key)
    this.set(key)
  }

  /** Nobody is heard, whoever is muted or not, until it is lifted. */
  silence(on: boolean): void {
    this.silent = on
    for (const key of this.voices.keys()) this.set(key)
  }

  isMuted(key: string): boolean {
    return this.muted.has(key)
  }

  /** What this guest is to hear: everything but the own voice. It follows who comes and goes; `drop` ends it. */
  without(key: string): MediaStream {
    if (!this.context) return new MediaStream()
    let out = this.others.get(key)
    if (!out) {
      this.others.set(key, (out = this.context.createMediaStreamDestination()))
      for (const [other, voice] of this.voices) if (other !== key) voice.gain.connect(out)
    }
    return out.stream
  }

  /** How loud a voice is now, 0 to 1. */
  level(key: string): number {
    const voice = this.voices.get(key)
    if (!voice) return 0
    voice.level.getFloatTimeDomainData(this.samples)
    return this.samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
  }

  /** Whether the hall's own loudspeaker gives the guests' voices. */
  hear(on: boolean): void {
    if (this.heard) this.heard.gain.value = on ? 1 : 0
  }

  close(): void {
    for (const key of [...this.voices.keys()]) this.drop(key)
    this.waiting.clear()
    this.others.clear()
    this.context = this.programme = this.heard = null
  }

  private join(key: string, sound: MediaStreamTrack | AudioNode): void {
    const context = this.context!
    let from: AudioNode
    let track: HTMLAudioElement | null = null
    if (sound instanceof AudioNode) from = sound
    else {
      const stream = new MediaStream([sound])
      from = context.createMediaStreamSource(stream)
      // Chromium fetches a remote track only while some element plays it; a local one does not mind.
      track = new Audio()
      track.muted = true
      track.srcObject = stream
      void track.play().catch(() => {})
    }
    const gain = context.createGain()
    const level = context.createAnalyser()
    level.fftSize = WINDOW
    from.connect(gain)
    gain.connect(level)
    gain.connect(this.programme!)
    // The hall's microphone is not played into the hall.
    if (key !== HALL) gain.connect(this.heard!)
    for (const [other, out] of this.others) if (other !== key) gain.connect(out)
    this.voices.set(key, { from, gain, level, track })
    this.set(key)
  }

  private set(key: string): void {
    const voice = this.voices.get(key)
    if (voice) voice.gain.gain.value = this.silent || this.muted.has(key) ? 0 : 1
  }

  private part(key: string): void {
    const voice = this.voices.get(key)
    if (!voice) return
    this.voices.delete(key)
    voice.from.disconnect(voice.gain)
    voice.gain.disconnect()
    if (voice.track) voice.track.srcObject = null
  }
}
