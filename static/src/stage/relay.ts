/* The way through the server: encoded sound and picture as numbered messages over one WebSocket, and coming back
   after a cut. What comes late is worth nothing here, so nothing is kept. Wire: server/media/relay.py. */

import { Reach } from '@/studio/reach'

export interface Packet { kind: 'config' | 'video' | 'audio', key: boolean, at_us: number, data: Uint8Array<ArrayBuffer> }
/** wrong: closed for good (opened elsewhere, no seat any more). */
export type RelayState = 'connecting' | 'alone' | 'on' | 'off' | 'wrong'

const HEADER = 20
const KINDS = { config: 1, video: 2, audio: 3 } as const
const NAMES = { 1: 'config', 2: 'video', 3: 'audio' } as const
const FOR_GOOD = [4001, 4003]
const AGAIN_MS = 300
/** How often the other side is told what has been read: kernels and proxies hold more than they admit. */
const GOT_MS = 100
/** How fast the line's own delay may be believed to have grown, milliseconds for each such word. */
const CREEP_MS = 3
/** A picture that refers to one left out is asked anew, at most so often. */
const KEY_MS = 400

export class RelayLine {
  state: RelayState = 'connecting'
  onState: (state: RelayState) => void = () => {}
  onPacket: (packet: Packet) => void = () => {}
  /** The other side cannot go on without a whole picture. */
  onKey: () => void = () => {}
  private socket: WebSocket | null = null
  private seq = 0
  private timer = 0
  private unread: { seq: number, bytes: number, at: number }[] = []
  private lag_ms = 0
  private base_ms = Infinity
  private gotAt = 0
  private keyAt = 0
  private heard = 0
  private readonly reach = new Reach(() => this.connect())

  constructor(private readonly path: string) {
    this.connect()
  }

  /** Bytes on their way that the other side has not read yet. */
  get waiting(): number {
    return this.unread.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** How much later than need be what is sent now is read, in milliseconds: what waits on the way, or over there. */
  get late_ms(): number {
    if (this.base_ms === Infinity) return 0
    const oldest = this.unread.length ? performance.now() - this.unread[0].at - GOT_MS : 0
    return Math.max(0, this.lag_ms - this.base_ms, oldest - this.base_ms)
  }

  /** Ask the other side for a whole picture. */
  wantKey(): void {
    const now = performance.now()
    if (now - this.keyAt < KEY_MS) return
    this.keyAt = now
    this.order({ key: true })
  }

  send({ kind, key, at_us, data }: Packet): void {
    if (this.state !== 'on' || !this.socket) return
    const bytes = new Uint8Array(HEADER + data.length)
    const view = new DataView(bytes.buffer)
    view.setUint8(0, KINDS[kind])
    view.setUint8(1, key ? 1 : 0)
    view.setUint32(4, (this.seq = (this.seq + 1) >>> 0))
    view.setUint32(8, Math.floor(at_us / 2 ** 32))
    view.setUint32(12, at_us >>> 0)
    bytes.set(data, HEADER)
    this.unread.push({ seq: this.seq, bytes: bytes.length, at: performance.now() })
    this.socket.send(bytes)
  }

  close(): void {
    clearTimeout(this.timer)
    this.reach.close()
    const { socket } = this
    this.socket = null
    this.state = 'wrong'
    socket?.close()
  }

  private connect(): void {
    const socket = new WebSocket(new URL(this.path, location.href.replace(/^http/, 'ws')))
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.socket) return
      if (typeof data === 'string') this.become((JSON.parse(data) as { peer?: boolean }).peer ? 'on' : 'alone')
      else this.hear(data)
    }
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return
      this.socket = null
      this.become(FOR_GOOD.includes(code) ? 'wrong' : 'off')
      if (this.state === 'off') this.timer = window.setTimeout(() => this.reach.look(), AGAIN_MS)
    }
  }

  private hear(message: ArrayBuffer): void {
    const view = new DataView(message)
    const kind = NAMES[view.getUint8(0) as keyof typeof NAMES]
    if (!kind) return
    const at_us = view.getUint32(8) * 2 ** 32 + view.getUint32(12)
    const data = new Uint8Array(message, HEADER)
    const seq = view.getUint32(4)
    // What the server left out is not told: numbers are missing.
    if (this.heard && seq > this.heard + 1) this.wantKey()
    this.heard = seq
    if (kind === 'config' && this.ordered(data)) return
    this.tell(seq)
    this.onPacket({ kind, key: view.getUint8(1) === 1, at_us, data })
  }

  /** What the other side has read, or wants; false: it is something else. */
  private ordered(data: Uint8Array<ArrayBuffer>): boolean {
    const { got, key } = JSON.parse(new TextDecoder().decode(data)) as { got?: number, key?: boolean }
    if (key) this.onKey()
    if (got !== undefined) this.measure(got)
    return key !== undefined || got !== undefined
  }

  private measure(got: number): void {
    const read = this.unread.find(({ seq }) => seq === got)
    if (read) {
      this.lag_ms = performance.now() - read.at
      this.base_ms = Math.min(this.lag_ms, this.base_ms + CREEP_MS)
    }
    this.unread = this.unread.filter(({ seq }) => seq > got)
  }

  private order(order: { got: number } | { key: boolean }): void {
    this.send({ kind: 'config', key: true, at_us: 0, data: new TextEncoder().encode(JSON.stringify(order)) })
  }

  private tell(got: number): void {
    const now = performance.now()
    if (now - this.gotAt < GOT_MS) return
    this.gotAt = now
    this.order({ got })
  }

  private become(state: RelayState): void {
    // "on" again is news too: the other side is a new page, and needs the beginning.
    if (state === this.state && state !== 'on') return
    this.state = state
    this.unread = []
    this.heard = this.lag_ms = 0
    this.base_ms = Infinity
    this.onState(state)
  }
}

/** Whether this browser can encode and decode by itself, so that the server may carry what it says. */
export const canRelay = (): boolean => typeof AudioEncoder !== 'undefined' && typeof AudioDecoder !== 'undefined' && typeof VideoDecoder !== 'undefined'

export const pathOf = (record: string, person: string, side: 'guest' | 'studio'): string =>
  `/media/${record.replace(':', '-')}/stage/${encodeURIComponent(person)}?side=${side}`
