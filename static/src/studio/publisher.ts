/* The line from the studio to the server: numbered messages, a ring of what is not yet safe on the server's disk,
   and coming back after a cut without losing any of it. Wire format: server/media/wire.py. */
import type { Announced, Unit } from './encoder'
import { Reach } from './reach'

/** connecting, standby (waits beside the one on air), on (the server takes it), off (cut; goes on by itself), and the
    ends: taken (opened elsewhere by me), displaced (another studio took the air), refused (somebody else has it),
    forbidden, ended. */
export type LineState = 'connecting' | 'standby' | 'on' | 'off' | 'taken' | 'displaced' | 'refused' | 'forbidden' | 'ended'

/** What the server says of the stream. */
interface Said {
  have?: number
  ack?: number
  got?: number
  key?: boolean
  rate?: number
  taken?: boolean
  by?: string
  waiting?: boolean
  standby?: number
  ended?: boolean
  refused?: string
  holder?: string
  state?: string
  parts?: boolean
  unrecorded?: boolean
  bad?: string
  again?: boolean
}

interface Kept { seq: number, at: number, sent: number, key: boolean, message: Uint8Array<ArrayBuffer> }

const HEADER = 20
/* A cut of thirty seconds, with what was not yet acknowledged before it and the way back after it: seconds each on a
   machine that is busy. */
const RING_BYTES = 11_000_000
const RING_MS = 42_000
const DEAF_MS = 5_000
const HURRIED_MS = 1_500
/** So long a socket may take to open, over mobile networks and TLS. */
const OPEN_MS = 3_000
/** One studio a meeting comes back: it need not be shy. */
const AGAIN_MS = [150, 800] as const
/** The server says every so often what it got. */
const GOT_S = 0.3
/** How fast the line's own delay may be believed to have grown, seconds for each word of the server. */
const CREEP_S = 0.001
const BAD_MS = 10_000
const ENDS: LineState[] = ['taken', 'displaced', 'refused', 'forbidden', 'ended']
const SENSELESS = [1007, 1009]
/** Messages that come within so short a time go out as one: each that the server has to wake up for costs it more than
    all it does with what is inside. A keyframe ends a segment, and it is whole with the sound beside it: that does not
    wait, and nobody sees later. What comes last of a segment of a second is the smaller part of it. */
const BUNDLE_MS = 600
/** The server takes no message of a megabyte, and a picture of half of one may be the last of these. */
const BUNDLE_BYTES = 256_000
/** Where no keyframe ends a segment, or less than a segment is shown, waiting would be seen. */
const BRIEF_MS = 200
/** Sound a keyframe's segment ends with is known this much later: a packet of sound is read with those after it. */
const HEARD_US = 60_000
/** So often the server is asked what it got, when nothing else is said any more. */
const ASK_MS = 100
/** Seconds waiting on the line: from here each goes by itself, for a slow line is measured by what comes back. */
const WIDE_S = 0.25
const BUNDLE = 6
const [CONFIG, MARK] = [1, 4]
const KINDS = { video: 2, audio: 3, recorded: 5 } as const

export class Publisher {
  state: LineState = 'connecting'
  holder = ''
  /** Why it was forbidden: forbidden, expired, used. */
  why = ''
  /** How many studios stand by for this one. */
  standby = 0
  /** The server cannot write: live goes on, nothing is kept. */
  unrecorded = false
  /** The last number the server has on disk. */
  acked = 0
  onState: (state: LineState) => void = () => {}
  onKey: () => void = () => {}
  onRate: (bitrate: number) => void = () => {}
  /** What was sent cannot be gone on with: encode anew, publish anew. */
  onAgain: () => void = () => {}
  private readonly epoch = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('')
  private socket: WebSocket | null = null
  private open = false
  private seq = 0
  private got = 0
  private resumed = { to: 0, at: 0 }
  private lag_s = 0
  private base_s = Infinity
  private heardAt = 0
  private ring: Kept[] = []
  private ringBytes = 0
  /** At the end of the ring: what did not go out yet. */
  private waiting: Kept[] = []
  private waitingBytes = 0
  private gap = false
  /** Less than a segment is shown to who watches. */
  private parts = false
  /** The sound of this time ends a segment. */
  private heard_us = Infinity
  private taking = false
  private failures = 0
  private badAt = -Infinity
  private badCode = ''
  private timer = 0
  private watch = 0
  private readonly reach = new Reach(() => this.connect())

  /** `announce` null while standing by: nothing comes until `take`. */
  constructor(private readonly path: string, private announce: (() => Announced) | null, private readonly clock_us: () => number) {
    this.watch = window.setInterval(() => this.check(), 1_000)
    this.connect()
  }

  /** Take a unit; it is sent at once or when the line is back. */
  send(unit: Unit): void {
    const key = unit.kind === 'video' && unit.track === 0 && unit.key
    if (this.gap && !key) return
    const flags = (unit.key ? 1 : 0) | (this.gap ? 2 : 0)
    this.gap = false
    const heard = unit.kind === 'audio' && unit.at_us >= this.heard_us
    if (key) this.heard_us = unit.at_us + HEARD_US
    else if (heard) this.heard_us = Infinity
    const alone = unit.kind === 'video' && unit.key && (this.heard_us === Infinity || !this.announce?.().audio)
    const ends = unit.kind === 'recorded' || heard || alone
    this.put(message(KINDS[unit.kind], flags, unit.track, ++this.seq, unit.at_us, unit.dur_us, unit.data), key, ends)
  }

  /** From standby to on air, with what is to come from now on. */
  take(announce: () => Announced): void {
    this.announce = announce
    this.taking = true
    // A line that stood idle may be dead without knowing: it is not waited for as long as one that speaks.
    this.heardAt = Date.now() - DEAF_MS + HURRIED_MS
    if (this.state === 'standby') this.socket?.send(JSON.stringify({ take: true, ...this.begins() }))
  }

  /** What comes from here on is something else than was said. */
  renew(): void {
    const told = new TextEncoder().encode(JSON.stringify(this.announce!()))
    this.put(message(CONFIG, 0, 0, ++this.seq, 0, 0, told), false, true)
  }

  /** Seconds from sending something until the server said that it got it: the honest measure of a slow line. */
  get delay_s(): number {
    const oldest = this.open ? this.ring[this.got + 1 - (this.ring[0]?.seq ?? 0)] : undefined
    return Math.max(this.lag_s, oldest ? (Date.now() - oldest.sent) / 1000 - GOT_S : 0)
  }

  /** How much of that is waiting in queues on the way. */
  get queued_s(): number {
    return this.base_s === Infinity ? 0 : Math.max(0, this.delay_s - this.base_s)
  }

  /** What a cut kept back is still on its way: no picture of now is left out for that. */
  get catchingUp(): boolean {
    return this.got < this.resumed.to && Date.now() - this.resumed.at < RING_MS
  }

  /** Something is still on its way that the end of the stream would throw away. */
  get behind(): boolean {
    return this.catchingUp || this.queued_s > WIDE_S
  }

  /** Wait until the server has all that was given, for so long at most. Nothing more may be given. */
  async empty(most_ms: number): Promise<void> {
    const [last, until] = [this.seq, Date.now() + most_ms]
    while (this.got < last && Date.now() < until) {
      this.put(message(MARK, 0, 0, ++this.seq, 0, 0, new Uint8Array()), false, true)
      await new Promise((done) => setTimeout(done, ASK_MS))
    }
  }

  /** Seconds since the server was heard: of a line that carries little it is heard all the time, of a dead one not. */
  get silent_s(): number {
    return (Date.now() - this.heardAt) / 1000
  }

  /** Seconds of media that are not yet safe. */
  get unsafe_s(): number {
    return this.ring.length ? (Date.now() - this.ring[0].at) / 1000 : 0
  }

  /** What the server found wrong lately. */
  get bad(): string {
    return performance.now() - this.badAt < BAD_MS ? this.badCode : ''
  }

  /** Stop for good. With `bye` the server ends the stream; without, it waits for us. */
  close(bye = false): void {
    clearInterval(this.watch)
    clearTimeout(this.timer)
    this.reach.close()
    this.flush()
    if (bye && this.open) this.socket?.send(JSON.stringify({ bye: true }))
    const { socket } = this
    this.socket = null
    this.open = false
    socket?.close(1000)
  }

  // The line

  private connect(): void {
    clearTimeout(this.timer)
    this.heardAt = Date.now()
    const socket = new WebSocket(new URL(this.path, location.href.replace(/^http/, 'ws')))
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.heardAt = Date.now()
      const how = this.announce ? { ...this.begins(), ...(this.taking ? { take: true } : {}) } : { standby: true }
      socket.send(JSON.stringify({ epoch: this.epoch, ...how }))
    }
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.hear(JSON.parse(data as string) as Said) }
    socket.onclose = ({ code }) => { if (socket === this.socket) this.lost(code) }
  }

  private begins(): { config: Announced, clock_us: number } {
    return { config: this.announce!(), clock_us: this.clock_us() }
  }

  private hear(said: Said): void {
    this.heardAt = Date.now()
    if (said.have !== undefined) {
      this.parts = said.parts ?? false
      this.resume(said.have)
    }
    if (said.got !== undefined) this.measure(said.got)
    if (said.ack !== undefined) {
      this.unrecorded = said.unrecorded ?? false
      this.forget(said.ack)
    }
    if (said.key) this.onKey()
    if (said.rate) this.onRate(said.rate)
    if (said.standby !== undefined) this.standby = said.standby
    if (said.bad) this.complain(said.bad)
    if (said.again) this.onAgain()
    if (said.waiting) {
      this.holder = said.holder ?? ''
      this.failures = 0
      if (this.taking) this.socket?.send(JSON.stringify({ take: true, ...this.begins() }))
      else this.become('standby')
    }
    if (said.taken) {
      this.holder = said.by ?? ''
      this.finish(said.by ? 'displaced' : 'taken')
    }
    if (said.ended) this.finish('ended')
    if (said.refused) {
      this.holder = said.holder ?? ''
      this.why = said.refused
      this.finish(said.refused === 'taken' ? 'refused' : 'forbidden')
    }
  }

  /** The server has all up to `have`; the rest is sent in order, then what comes. */
  private resume(have: number): void {
    if (!this.socket) return
    this.got = have
    this.taking = false
    if (this.ring.length && this.ring[0].seq > have + 1 && !this.skipToKey()) return
    const now = Date.now()
    this.resumed = { to: this.seq, at: now }
    for (const kept of this.ring) {
      if (kept.seq <= have) continue
      kept.sent = now
      this.socket.send(kept.message)
    }
    this.open = true
    this.failures = 0
    this.become('on')
  }

  /** What is missing is gone: begin again at a keyframe, and say so. False when there is no going on at all. */
  private skipToKey(): boolean {
    this.complain('late')
    if (!this.ring.some((kept) => kept.key) && this.announce!().container) {
      this.onAgain()
      return false
    }
    const first = this.ring.findIndex((kept) => kept.key)
    const gone = this.ring.splice(0, first < 0 ? this.ring.length : first)
    for (const kept of gone) this.ringBytes -= kept.message.length
    if (this.ring.length) this.ring[0].message[1] |= 2
    else {
      this.gap = true
      this.onKey()
    }
    return true
  }

  /** `ends`: what the server must have at once. */
  private put(bytes: Uint8Array<ArrayBuffer>, key: boolean, ends: boolean): void {
    const now = Date.now()
    const kept = { seq: this.seq, at: now, sent: now, key, message: bytes }
    this.ring.push(kept)
    this.ringBytes += bytes.length
    while (this.ring.length && (this.ringBytes > RING_BYTES || now - this.ring[0].at > RING_MS)) this.shift()
    if (!this.open) return
    this.waiting.push(kept)
    this.waitingBytes += bytes.length
    // No timer: in a hidden tab they come once a second. Sound comes every twenty milliseconds.
    const most_ms = this.parts || !this.announce?.().video ? BRIEF_MS : BUNDLE_MS
    const full = now - this.waiting[0].at >= most_ms || this.waitingBytes >= BUNDLE_BYTES
    if (ends || full || this.queued_s > WIDE_S) this.flush()
  }

  private flush(): void {
    const { waiting } = this
    this.forgetWaiting()
    if (!this.open || !waiting.length) return
    const now = Date.now()
    for (const kept of waiting) kept.sent = now
    this.socket?.send(waiting.length === 1 ? waiting[0].message : bundle(waiting.map((kept) => kept.message)))
  }

  private forgetWaiting(): void {
    this.waiting = []
    this.waitingBytes = 0
  }

  private measure(got: number): void {
    this.got = got
    const kept = this.ring[got - (this.ring[0]?.seq ?? 0)]
    if (!kept) return
    this.lag_s = (Date.now() - kept.sent) / 1000
    this.base_s = Math.min(this.lag_s, this.base_s + CREEP_S)
  }

  private complain(code: string): void {
    this.badCode = code
    this.badAt = performance.now()
  }

  private forget(acked: number): void {
    this.acked = Math.max(this.acked, acked)
    while (this.ring.length && this.ring[0].seq <= acked) this.shift()
  }

  private shift(): void {
    this.ringBytes -= this.ring.shift()!.message.length
  }

  private lost(code = 0): void {
    this.open = false
    this.forgetWaiting()
    this.socket = null
    this.lag_s = 0
    if (ENDS.includes(this.state)) return
    if (this.state === 'on') this.become('off')
    if (this.state === 'standby') this.become('connecting')
    if (SENSELESS.includes(code)) return this.onAgain()
    const wait = Math.min(AGAIN_MS[1], AGAIN_MS[0] * 2 ** this.failures++) * (0.5 + Math.random() / 2)
    // A server that was only started anew takes us at the first try; after that it is asked for.
    this.timer = window.setTimeout(() => (this.failures > 1 ? this.reach.look() : this.connect()), wait)
  }

  /** A line that carries nothing may still call itself open. Who stands by hears little and asks nothing of it. */
  private check(): void {
    const { socket } = this
    const patience_ms = socket?.readyState === WebSocket.CONNECTING ? OPEN_MS : DEAF_MS
    if (!socket || (this.state === 'standby' && !this.taking) || Date.now() - this.heardAt < patience_ms) return
    socket.onclose = null
    socket.close()
    this.lost()
  }

  private finish(state: LineState): void {
    this.become(state)
    this.close()
  }

  private become(state: LineState): void {
    if (state === this.state) return
    this.state = state
    this.onState(state)
  }
}

function message(kind: number, flags: number, track: number, seq: number, at_us: number, dur_us: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, kind)
  view.setUint8(1, flags)
  view.setUint16(2, track)
  view.setUint32(4, seq)
  view.setUint32(8, Math.floor(at_us / 2 ** 32))
  view.setUint32(12, at_us >>> 0)
  view.setUint32(16, dur_us)
  bytes.set(data, HEADER)
  return bytes
}

function bundle(messages: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(messages.reduce((sum, one) => sum + 4 + one.length, 1))
  const view = new DataView(bytes.buffer)
  bytes[0] = BUNDLE
  let at = 1
  for (const one of messages) {
    view.setUint32(at, one.length)
    bytes.set(one, at + 4)
    at += 4 + one.length
  }
  return bytes
}
