/* The line from the studio to the server: numbered messages, a ring of what is not yet safe on the server's disk,
   and coming back after a cut without losing any of it. Wire format: server/media/wire.py. */
import type { SoundConfig, Unit } from './encoder'

/** connecting, on (the server takes it), off (cut; goes on by itself), and the ends: taken (opened elsewhere by me),
    refused (somebody else has it), forbidden, ended. */
export type LineState = 'connecting' | 'on' | 'off' | 'taken' | 'refused' | 'forbidden' | 'ended'

export interface Config { video: { w: number, h: number, fps: number }, audio: SoundConfig }

/** What the server says of the stream. */
interface Said {
  have?: number
  ack?: number
  got?: number
  key?: boolean
  rate?: number
  taken?: boolean
  ended?: boolean
  refused?: string
  holder?: string
  state?: string
  unrecorded?: boolean
}

interface Kept { seq: number, at: number, key: boolean, message: Uint8Array<ArrayBuffer> }

const HEADER = 20
const RING_BYTES = 6_000_000
const RING_MS = 30_000
const DEAF_MS = 5_000
const AGAIN_MS = [300, 2_000] as const
const ENDS: LineState[] = ['taken', 'refused', 'forbidden', 'ended']

export class Publisher {
  state: LineState = 'connecting'
  holder = ''
  /** The server cannot write: live goes on, nothing is kept. */
  unrecorded = false
  /** The last number the server has on disk. */
  acked = 0
  onState: (state: LineState) => void = () => {}
  onKey: () => void = () => {}
  onRate: (bitrate: number) => void = () => {}
  private readonly epoch = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('')
  private socket: WebSocket | null = null
  private open = false
  private seq = 0
  private got = 0
  private heardAt = 0
  private ring: Kept[] = []
  private ringBytes = 0
  private gap = false
  private failures = 0
  private timer = 0
  private watch = 0

  constructor(private readonly path: string, private readonly config: () => Config, private readonly clock_us: () => number) {
    this.watch = window.setInterval(() => this.check(), 1_000)
    window.addEventListener('online', this.hurry)
    this.connect()
  }

  /** Take a unit; it is sent at once or when the line is back. */
  send(unit: Unit): void {
    if (this.gap && !(unit.kind === 'video' && unit.key)) return
    const flags = (unit.key ? 1 : 0) | (this.gap ? 2 : 0)
    this.gap = false
    this.put(message(unit.kind === 'video' ? 2 : 3, flags, ++this.seq, unit.at_us, unit.dur_us, unit.data), this.seq, unit.kind === 'video' && unit.key)
  }

  /** Bytes sent of which the server has not said that it got them: the honest measure of a slow line. */
  get backlog(): number {
    let bytes = this.socket?.bufferedAmount ?? 0
    for (let i = this.ring.length - 1; i >= 0 && this.ring[i].seq > this.got; i -= 1) bytes += this.ring[i].message.length
    return bytes
  }

  /** Seconds of media that are not yet safe. */
  get unsafe_s(): number {
    return this.ring.length ? (Date.now() - this.ring[0].at) / 1000 : 0
  }

  /** Stop for good. With `bye` the server ends the stream; without, it waits for us. */
  close(bye = false): void {
    clearInterval(this.watch)
    clearTimeout(this.timer)
    window.removeEventListener('online', this.hurry)
    if (bye && this.open) this.socket?.send(JSON.stringify({ bye: true }))
    const { socket } = this
    this.socket = null
    this.open = false
    socket?.close(1000)
  }

  // The line

  private connect(): void {
    clearTimeout(this.timer)
    const socket = new WebSocket(new URL(this.path, location.href.replace(/^http/, 'ws')))
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.heardAt = Date.now()
      socket.send(JSON.stringify({ epoch: this.epoch, config: this.config(), clock_us: this.clock_us() }))
    }
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.hear(JSON.parse(data as string) as Said) }
    socket.onclose = () => { if (socket === this.socket) this.lost() }
  }

  private hear(said: Said): void {
    this.heardAt = Date.now()
    if (said.have !== undefined) this.resume(said.have)
    if (said.got !== undefined) this.got = said.got
    if (said.ack !== undefined) {
      this.unrecorded = said.unrecorded ?? false
      this.forget(said.ack)
    }
    if (said.key) this.onKey()
    if (said.rate) this.onRate(said.rate)
    if (said.taken) this.finish('taken')
    if (said.ended) this.finish('ended')
    if (said.refused) {
      this.holder = said.holder ?? ''
      this.finish(said.refused === 'taken' ? 'refused' : 'forbidden')
    }
  }

  /** The server has all up to `have`; the rest is sent in order, then what comes. */
  private resume(have: number): void {
    if (!this.socket) return
    this.got = have
    if (this.ring.length && this.ring[0].seq > have + 1) this.skipToKey()
    for (const kept of this.ring) if (kept.seq > have) this.socket.send(kept.message)
    this.open = true
    this.failures = 0
    this.become('on')
  }

  /** What is missing is gone: begin again at a keyframe, and say so. */
  private skipToKey(): void {
    const first = this.ring.findIndex((kept) => kept.key)
    const gone = this.ring.splice(0, first < 0 ? this.ring.length : first)
    for (const kept of gone) this.ringBytes -= kept.message.length
    if (this.ring.length) this.ring[0].message[1] |= 2
    else {
      this.gap = true
      this.onKey()
    }
  }

  private put(bytes: Uint8Array<ArrayBuffer>, seq: number, key: boolean): void {
    const now = Date.now()
    this.ring.push({ seq, at: now, key, message: bytes })
    this.ringBytes += bytes.length
    while (this.ring.length && (this.ringBytes > RING_BYTES || now - this.ring[0].at > RING_MS)) this.shift()
    if (this.open) this.socket?.send(bytes)
  }

  private forget(acked: number): void {
    this.acked = Math.max(this.acked, acked)
    while (this.ring.length && this.ring[0].seq <= acked) this.shift()
  }

  private shift(): void {
    this.ringBytes -= this.ring.shift()!.message.length
  }

  private lost(): void {
    this.open = false
    this.socket = null
    if (ENDS.includes(this.state)) return
    if (this.state === 'on') this.become('off')
    const wait = Math.min(AGAIN_MS[1], AGAIN_MS[0] * 2 ** this.failures++) * (0.5 + Math.random() / 2)
    this.timer = window.setTimeout(() => this.connect(), wait)
  }

  private readonly hurry = (): void => {
    if (!this.socket && !ENDS.includes(this.state)) this.connect()
  }

  /** A line that carries nothing may still call itself open. */
  private check(): void {
    const { socket } = this
    if (!socket || Date.now() - this.heardAt < DEAF_MS) return
    if (socket.readyState === WebSocket.OPEN || (socket.readyState === WebSocket.CONNECTING && this.heardAt)) {
      socket.onclose = null
      socket.close()
      this.lost()
      this.heardAt = Date.now()
    }
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

function message(kind: number, flags: number, seq: number, at_us: number, dur_us: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, kind)
  view.setUint8(1, flags)
  view.setUint32(4, seq)
  view.setUint32(8, Math.floor(at_us / 2 ** 32))
  view.setUint32(12, at_us >>> 0)
  view.setUint32(16, dur_us)
  bytes.set(data, HEADER)
  return bytes
}
