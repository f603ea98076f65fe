/* A guest's side of the line to the studio: says "here", answers the studio's call, takes the way through the server
   when told to, and begins again by itself whenever the line is lost. */
import type { Devices } from './devices'
import { Receiving } from './receiving'
import { canRelay, pathOf, RelayLine } from './relay'
import { Sending } from './sending'
import { Addresses, newCall, type Message, type Said, type Signals } from './signal'

/** calling: on the way; alone: no studio answers; taken: this person's page is open elsewhere. */
export type Way = 'none' | 'calling' | 'direct' | 'relay' | 'lost' | 'alone' | 'taken'

export const LOOK = { width: 640, height: 360, fps: 15, bitrate: 500_000 }
const ALONE_MS = 7_000
const AGAIN_MS = 1_500
/** The studio called and then neither way came about: it is gone. */
const NO_WAY_MS = 15_000
/** A line that stutters often mends itself within this time. */
const PATIENCE_MS = 2_500

export class Guest {
  way: Way = 'none'
  onWay: (way: Way) => void = () => {}
  /** The programme, to be put on the page; null: none. */
  onPicture: (picture: HTMLVideoElement | HTMLCanvasElement | null) => void = () => {}
  private call = ''
  private line: RTCPeerConnection | null = null
  private addresses: Addresses | null = null
  private relay: RelayLine | null = null
  private sending: Sending | null = null
  private receiving: Receiving | null = null
  private readonly programme = document.createElement('video')
  private readonly mine = document.createElement('video')
  private ice: RTCIceServer[] = []
  private timer = 0
  private wanted = false

  constructor(private readonly signals: Signals, private readonly devices: Devices, private readonly record: string, private readonly person: string) {
    this.programme.playsInline = this.programme.autoplay = true
    this.mine.muted = this.mine.playsInline = true
    signals.onSaid = (from, said) => this.hear(from, said)
  }

  /** Be there for the studio from now on. */
  begin(): void {
    this.wanted = true
    void this.again()
  }

  /** The socket was away: what was said meanwhile is lost. A line that stands stays. */
  renew(): void {
    if (!this.wanted || this.way === 'taken') return
    if (this.standing()) void this.say({ kind: 'here', call: this.call, ...this.able() })
    else void this.again()
  }

  stop(): void {
    if (this.wanted && this.way !== 'taken') void this.say({ kind: 'bye' })
    this.wanted = false
    this.hangUp()
    this.become('none')
  }

  /** Another camera or microphone is used from now on. */
  changed(): void {
    const { camera, microphone } = this.devices
    for (const one of this.line?.getTransceivers() ?? []) {
      void one.sender.replaceTrack(one.receiver.track.kind === 'audio' ? microphone : camera)
    }
    this.mine.srcObject = camera ? new MediaStream([camera]) : null
    void this.mine.play().catch(() => {})
    if (microphone) this.sending?.hear(new MediaStream([microphone]))
  }

  /** A browser that plays nothing before a press: this is the press. */
  play(): void {
    void this.programme.play().catch(() => {})
    void this.devices.context?.resume()
  }

  // Calling

  private standing(): boolean {
    return this.way === 'direct' || this.way === 'relay'
  }

  private able(): { picture: boolean, relays: boolean } {
    return { picture: this.devices.camera !== null, relays: canRelay() }
  }

  private async say(message: Message): Promise<boolean> {
    const told = await this.signals.say(message)
    if (told.ice) this.ice = told.ice
    return told.ok
  }

  private async again(): Promise<void> {
    this.hangUp()
    this.call = newCall()
    this.become('calling')
    const { call } = this
    const ok = await this.say({ kind: 'here', call, ...this.able() })
    if (call !== this.call || this.way !== 'calling') return
    this.later(() => (ok ? this.become('alone') : void this.again()), ok ? ALONE_MS : AGAIN_MS)
  }

  private hear(from: string, said: Said): void {
    if (from !== 'studio' || !this.wanted) return
    if (said.kind === 'studio') this.renew()
    // A line that stands does without its socket; whether it stands it tells by itself.
    else if (said.kind === 'gone') { if (!this.standing()) this.lose('alone') }
    else if (said.kind === 'taken') this.give()
    else if ('call' in said && said.call === this.call) {
      if (said.kind === 'sdp') void this.answer(said.sdp)
      else if (said.kind === 'ice') this.addresses?.take(said)
      else if (said.kind === 'way' && said.way === 'relay') void this.goRelay()
    }
  }

  private async answer(sdp: string): Promise<void> {
    const { call } = this
    this.hangUp()
    this.become('calling')
    this.later(() => this.lose('lost'), NO_WAY_MS)
    const line = new RTCPeerConnection({ iceServers: this.ice, bundlePolicy: 'max-bundle' })
    this.line = line
    this.addresses = new Addresses(line)
    line.onicecandidate = ({ candidate }) => {
      if (candidate) void this.say({ kind: 'ice', call, candidate: candidate.candidate, mid: candidate.sdpMid, line: candidate.sdpMLineIndex })
    }
    const heard = new MediaStream()
    line.ontrack = ({ track }) => { heard.addTrack(track) }
    line.onconnectionstatechange = () => { if (line === this.line) this.turned(line.connectionState, heard) }
    try {
      await line.setRemoteDescription({ type: 'offer', sdp })
      this.addresses.described()
      const { camera, microphone } = this.devices
      for (const one of line.getTransceivers()) {
        const track = one.receiver.track.kind === 'audio' ? microphone : camera
        one.direction = track ? 'sendrecv' : 'recvonly'
        await one.sender.replaceTrack(track)
      }
      const answer = await line.createAnswer()
      await line.setLocalDescription(answer)
      await this.bound(line)
      void this.say({ kind: 'sdp', call, type: 'answer', sdp: answer.sdp ?? '' })
    } catch {
      if (line === this.line) this.lose('lost')
    }
  }

  /** No more than a tile needs. */
  private async bound(line: RTCPeerConnection): Promise<void> {
    const sender = line.getSenders().find((one) => one.track?.kind === 'video')
    if (!sender) return
    const how = sender.getParameters()
    how.encodings.forEach((one) => Object.assign(one, { maxBitrate: LOOK.bitrate, maxFramerate: LOOK.fps }))
    await sender.setParameters(how).catch(() => {})
  }

  private turned(state: RTCPeerConnectionState, heard: MediaStream): void {
    if (state === 'connected') {
      clearTimeout(this.timer)
      this.programme.srcObject = heard
      this.play()
      this.onPicture(this.programme)
      this.become('direct')
    } else if (state === 'failed' && this.way === 'direct') this.lose('lost')
    else if (state === 'disconnected') this.later(() => this.lose('lost'), PATIENCE_MS)
  }

  // Through the server

  private async goRelay(): Promise<void> {
    const { context, microphone } = this.devices
    this.hangUp()
    if (!context || !microphone) return
    this.later(() => this.lose('lost'), NO_WAY_MS)
    this.changed()
    const relay = (this.relay = new RelayLine(pathOf(this.record, this.person, 'guest')))
    const receiving = (this.receiving = new Receiving(context))
    receiving.voice.connect(context.destination)
    relay.onPacket = (packet) => receiving.take(packet)
    receiving.onKey = () => relay.wantKey()
    const sending = (this.sending = new Sending(context, relay, this.devices.camera ? this.mine : null, LOOK))
    relay.onState = (state) => {
      if (relay !== this.relay) return
      if (state === 'on') {
        clearTimeout(this.timer)
        sending.begin()
        this.onPicture(receiving.canvas)
        this.become('relay')
      } else if (this.way === 'relay' && (state === 'off' || state === 'alone')) this.later(() => this.lose('lost'), PATIENCE_MS)
    }
    await sending.start(new MediaStream([microphone]))
  }

  // Ends

  private lose(way: Way): void {
    this.hangUp()
    this.become(way)
    if (way === 'lost') this.later(() => void this.again(), AGAIN_MS)
  }

  private give(): void {
    this.hangUp()
    this.wanted = false
    this.become('taken')
  }

  private hangUp(): void {
    clearTimeout(this.timer)
    if (this.line) this.line.onconnectionstatechange = null
    this.line?.close()
    this.relay?.close()
    this.sending?.stop()
    this.receiving?.stop()
    this.line = this.addresses = this.relay = this.sending = this.receiving = null
    this.programme.srcObject = null
    this.onPicture(null)
  }

  private later(act: () => void, ms: number): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => { if (this.wanted) act() }, ms)
  }

  private become(way: Way): void {
    if (way === this.way) return
    this.way = way
    this.onWay(way)
  }
}
