/* The studio's side of the lines to guests: calls whoever is there, goes through the server where no direct way
   stands, and puts into picture and mix exactly those whom the record says are on the stage. */
import { Receiving } from '@/stage/receiving'
import { pathOf, RelayLine } from '@/stage/relay'
import { Sending, type Look } from '@/stage/sending'
import { Addresses, type Said, type Signals } from '@/stage/signal'
import type { Seat } from '@/things'
import type { Broadcast } from './broadcast'

/** away: not connected; nowhere: neither way can be had with this guest's browser. */
export type Line = 'away' | 'calling' | 'direct' | 'relay' | 'lost' | 'nowhere'
export interface Guest { seat: Seat, line: Line, picture: HTMLVideoElement | HTMLCanvasElement | null, delay_ms: number | null }

/** So long a direct way is looked for. */
const DIRECT_MS = 5_000
/** And so long where there was none a moment ago. */
const DIRECT_AGAIN_MS = 1_500
const PATIENCE_MS = 2_500
const STATS_MS = 2_000
/** A voice may come so much after its lips, and the picture waits for it at most so long: with sound and picture as one
    stream WebRTC lets it wait half a second on a full machine, and nobody talks well with that. */
const [LIPS_MS, WAIT_MS] = [40, 150]
/** The programme as guests see it: small, for they are in it themselves, and smaller where it is made for several. */
const BACK = { width: 640, height: 360, fps: 15, bitrate: 350_000 }
const BACK_OF_SEVERAL = { width: 480, height: 270, fps: 10, bitrate: 200_000 }

/** Everything the lines share: the studio's picture and mix, who is told, and where ways round are asked for. */
interface Studio { broadcast: Broadcast, signals: Signals, record: string, ice: RTCIceServer[], back: MediaStream, look: () => Look, changed: () => void }

class Peer {
  line: Line = 'away'
  delay_ms: number | null = null
  picture: HTMLVideoElement | HTMLCanvasElement | null = null
  /** The guest's voice, as the mix takes it. */
  voice: MediaStreamTrack | AudioNode | null = null
  private call = ''
  private direct: RTCPeerConnection | null = null
  private addresses: Addresses | null = null
  private relay: RelayLine | null = null
  private sending: Sending | null = null
  private receiving: Receiving | null = null
  private timer = 0
  private relays = false
  private seen = false
  private relayed = false
  /** Seconds that the voice's samples waited here so far, added up, and how many they were. */
  private buffered = { s: 0, count: 0 }

  constructor(readonly person: string, private readonly studio: Studio) {}

  hear(said: Said): void {
    if (said.kind === 'here') void this.begin(said.call, said.picture, said.relays)
    else if (said.kind === 'gone') this.later(() => { if (!this.standing()) this.lose() }, PATIENCE_MS)
    else if (said.kind === 'bye') this.hangUp('away')
    else if ('call' in said && said.call === this.call) {
      if (said.kind === 'sdp') void this.direct?.setRemoteDescription({ type: 'answer', sdp: said.sdp }).then(() => this.addresses?.described()).catch(() => this.goRelay())
      else if (said.kind === 'ice') this.addresses?.take(said)
    }
  }

  /** Everything but the own voice, from now on: the mix made it anew. */
  renewReturn(): void {
    const mix = this.studio.broadcast.capture.mix.without(this.person)
    const sender = this.direct?.getSenders().find((one) => one.track?.kind === 'audio')
    void sender?.replaceTrack(mix.getAudioTracks()[0] ?? null)
    this.sending?.hear(mix)
  }

  /** Whether this guest is sent the programme's picture: the first thing to go where the machine is slow. */
  showProgramme(on: boolean): void {
    this.sendPicture({ active: on })
  }

  /** The programme's picture as large as it is now sent. */
  sizeProgramme(): void {
    this.sendPicture(this.encoding())
  }

  level(): number {
    const heard = this.direct?.getReceivers().find((one) => one.track.kind === 'audio')
    return heard?.getSynchronizationSources()[0]?.audioLevel ?? 0
  }

  async measure(): Promise<void> {
    const stats = await this.direct?.getStats().catch(() => null)
    stats?.forEach((one: RTCStats & { nominated?: boolean, state?: string, currentRoundTripTime?: number }) => {
      if (one.type === 'candidate-pair' && one.state === 'succeeded' && one.currentRoundTripTime !== undefined) this.delay_ms = Math.round(one.currentRoundTripTime * 500)
    })
    if (stats) this.keepTogether(stats)
  }

  /** The picture waits for its voice, a little. */
  private keepTogether(stats: RTCStatsReport): void {
    stats.forEach((one: RTCInboundRtpStreamStats) => {
      if (one.type !== 'inbound-rtp' || one.kind !== 'audio') return
      const now = { s: one.jitterBufferDelay ?? 0, count: one.jitterBufferEmittedCount ?? 0 }
      const last = this.buffered
      this.buffered = now
      const picture = this.direct?.getReceivers().find(({ track }) => track.kind === 'video')
      if (!picture || now.count <= last.count || !('jitterBufferTarget' in picture)) return
      const voice_ms = ((now.s - last.s) / (now.count - last.count)) * 1000
      picture.jitterBufferTarget = Math.max(0, Math.min(WAIT_MS, voice_ms - LIPS_MS))
    })
  }

  hangUp(line: Line): void {
    clearTimeout(this.timer)
    if (this.direct) this.direct.onconnectionstatechange = this.direct.ontrack = null
    this.direct?.close()
    this.relay?.close()
    this.sending?.stop()
    this.receiving?.stop()
    this.direct = this.addresses = this.relay = this.sending = this.receiving = null
    this.picture = this.voice = this.delay_ms = null
    this.become(line)
  }

  // A direct way

  private standing(): boolean {
    return this.direct?.connectionState === 'connected' || this.relay?.state === 'on'
  }

  private async begin(call: string, picture: boolean, relays: boolean): Promise<void> {
    if (call === this.call && this.standing()) return
    this.hangUp('calling')
    this.call = call
    this.relays = relays
    this.seen = picture
    const { broadcast, signals, ice, back } = this.studio
    const line = new RTCPeerConnection({ iceServers: ice, bundlePolicy: 'max-bundle' })
    this.direct = line
    this.addresses = new Addresses(line)
    const [voice] = broadcast.capture.mix.without(this.person).getAudioTracks()
    line.addTransceiver(voice ?? 'audio', { direction: 'sendrecv', streams: [back] })
    line.addTransceiver(back.getVideoTracks()[0], { direction: picture ? 'sendrecv' : 'sendonly', sendEncodings: [this.encoding()], streams: [back] })
    line.onicecandidate = ({ candidate }) => {
      if (candidate) void signals.say({ kind: 'ice', call, candidate: candidate.candidate, mid: candidate.sdpMid, line: candidate.sdpMLineIndex }, this.person)
    }
    const heard = new MediaStream()
    line.ontrack = ({ track }) => heard.addTrack(track)
    line.onconnectionstatechange = () => { if (line === this.direct) this.turned(line.connectionState, heard) }
    this.later(() => this.goRelay(), this.relayed ? DIRECT_AGAIN_MS : DIRECT_MS)
    try {
      const offer = await line.createOffer()
      await line.setLocalDescription(offer)
      await signals.say({ kind: 'sdp', call, type: 'offer', sdp: offer.sdp ?? '' }, this.person)
    } catch {
      if (line === this.direct) this.goRelay()
    }
  }

  private encoding(): RTCRtpEncodingParameters {
    const { broadcast, look } = this.studio
    const { width, fps, bitrate } = look()
    return { maxBitrate: bitrate, maxFramerate: fps, scaleResolutionDownBy: Math.max(1, broadcast.stage.canvas.width / width) }
  }

  private sendPicture(change: RTCRtpEncodingParameters): void {
    const sender = this.direct?.getSenders().find((one) => one.track?.kind === 'video')
    if (!sender) return
    const how = sender.getParameters()
    how.encodings.forEach((one) => Object.assign(one, change))
    void sender.setParameters(how).catch(() => {})
  }

  private turned(state: RTCPeerConnectionState, heard: MediaStream): void {
    if (state === 'connected') {
      clearTimeout(this.timer)
      const video = document.createElement('video')
      video.muted = video.playsInline = true
      // Without the voice, which the mix takes: a muted one costs a loudspeaker all the same.
      video.srcObject = new MediaStream(heard.getVideoTracks())
      void video.play().catch(() => {})
      this.picture = this.seen ? video : null
      this.voice = heard.getAudioTracks()[0] ?? null
      this.relayed = false
      this.become('direct')
    } else if (state === 'failed' && this.line === 'direct') this.lose()
    else if (state === 'failed') this.goRelay()
    else if (state === 'disconnected') this.later(() => this.lose(), PATIENCE_MS)
  }

  // Through the server

  private goRelay(): void {
    const { broadcast, signals, record } = this.studio
    const { context } = broadcast.capture.mix
    this.hangUp('calling')
    if (!this.relays || !context) return this.become('nowhere')
    void signals.say({ kind: 'way', call: this.call, way: 'relay' }, this.person)
    const relay = (this.relay = new RelayLine(pathOf(record, this.person, 'studio')))
    const receiving = (this.receiving = new Receiving(context))
    const sending = (this.sending = new Sending(context, relay, broadcast.stage.canvas, this.studio.look()))
    relay.onPacket = (packet) => receiving.take(packet)
    receiving.onKey = () => relay.wantKey()
    relay.onState = (state) => {
      if (relay !== this.relay) return
      if (state === 'on') {
        clearTimeout(this.timer)
        sending.begin()
        this.picture = this.seen ? receiving.canvas : null
        this.voice = receiving.voice
        this.relayed = true
        this.become('relay', true)
      } else if (this.line === 'relay') this.later(() => this.lose(), PATIENCE_MS)
    }
    void sending.start(broadcast.capture.mix.without(this.person))
  }

  private lose(): void {
    this.hangUp('lost')
  }

  private later(act: () => void, ms: number): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(act, ms)
  }

  private become(line: Line, anyway = false): void {
    if (line === this.line && !anyway) return
    this.line = line
    this.studio.changed()
  }
}

export class Guests {
  /** How many this machine is trusted with, by the server's settings. */
  most = 3
  /** The studio is open in another window, which has the guests now. */
  elsewhere = false
  onChange: () => void = () => {}
  private readonly studio: Studio
  private readonly peers = new Map<string, Peer>()
  private seats: Seat[] = []
  private readonly staged = new Map<string, MediaStreamTrack | AudioNode | null>()
  private watch = 0

  constructor(private readonly broadcast: Broadcast, private readonly signals: Signals, record: string, private readonly badgeOf: (seat: Seat) => string) {
    const back = broadcast.stage.canvas.captureStream(BACK.fps)
    this.studio = { broadcast, signals, record, ice: [], back, look: () => (this.peers.size > 1 ? BACK_OF_SEVERAL : BACK), changed: () => this.arrange() }
    signals.onSaid = (from, said) => this.hear(from, said)
    this.watch = window.setInterval(() => void this.measure(), STATS_MS)
  }

  /** This page is the studio: guests talk to it. Again after the socket was away. */
  async open(): Promise<void> {
    const told = await this.signals.say({ kind: 'studio' })
    if (!told.ok) return
    this.elsewhere = false
    this.studio.ice = told.ice ?? []
    this.most = told.most ?? this.most
    this.take(told.seats ?? [])
  }

  close(): void {
    clearInterval(this.watch)
    this.take([])
    this.studio.back.getTracks().forEach((track) => track.stop())
    this.signals.onSaid = () => {}
  }

  list(): Guest[] {
    return this.seats.map((seat) => {
      const peer = this.peers.get(seat.person)
      return { seat, line: peer?.line ?? 'away', picture: peer?.picture ?? null, delay_ms: peer?.delay_ms ?? null }
    }).sort((a, b) => a.seat.at - b.seat.at)
  }

  level(person: string): number {
    return this.staged.has(person) ? this.broadcast.capture.mix.level(person) : this.peers.get(person)?.level() ?? 0
  }

  /** A machine that does not keep up sends guests no picture. */
  showProgramme(on: boolean): void {
    this.peers.forEach((peer) => peer.showProgramme(on))
  }

  private hear(from: string, said: Said): void {
    if (said.kind === 'seats') return this.take(said.seats)
    if (said.kind === 'taken' && !from) {
      this.elsewhere = true
      return this.take([])
    }
    this.peers.get(from)?.hear(said)
  }

  private take(seats: Seat[]): void {
    this.seats = seats
    const linked = new Set(seats.filter(({ state }) => state === 'waiting' || state === 'on').map(({ person }) => person))
    for (const person of linked) if (!this.peers.has(person)) this.peers.set(person, new Peer(person, this.studio))
    for (const [person, peer] of this.peers) {
      if (linked.has(person)) continue
      this.peers.delete(person)
      peer.hangUp('away')
      this.broadcast.capture.mix.drop(person)
    }
    this.peers.forEach((peer) => peer.sizeProgramme())
    this.arrange()
  }

  /** Picture and mix as seats and lines now are. */
  private arrange(): void {
    const { stage, capture: { mix } } = this.broadcast
    const on = new Map(this.seats.filter(({ state }) => state === 'on').map((seat) => [seat.person, seat]))
    for (const person of [...this.staged.keys()]) {
      if (on.has(person)) continue
      this.staged.delete(person)
      stage.unseat(person)
      mix.drop(person)
      this.peers.get(person)?.renewReturn()
    }
    for (const [person, seat] of on) {
      const peer = this.peers.get(person)
      const voice = peer?.voice ?? null
      if (voice && this.staged.get(person) !== voice) mix.add(person, voice)
      this.staged.set(person, voice)
      mix.mute(person, seat.muted)
      stage.seat(person, { picture: seat.sound_only ? null : peer?.picture ?? null, name: seat.name, badge: this.badgeOf(seat) })
    }
    this.onChange()
  }

  private async measure(): Promise<void> {
    await Promise.all(Array.from(this.peers.values(), (peer) => peer.measure()))
    if (this.peers.size) this.onChange()
  }
}
