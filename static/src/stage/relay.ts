/* The way through the server: encoded sound and picture as numbered messages over one WebSocket, and coming back
   after a cut. What comes late is worth nothing here, so nothing is kept. Wire: server/media/relay.py. */

export interface Packet { kind: 'config' | 'video' | 'audio', key: boolean, at_us: number, data: Uint8Array<ArrayBuffer> }
/** wrong: closed for good (opened elsewhere, no seat any more). */
export type RelayState = 'connecting' | 'alone' | 'on' | 'off' | 'wrong'

const HEADER = 20
const KINDS = { config: 1, video: 2, audio: 3 } as const
const NAMES = { 1: 'config', 2: 'video', 3: 'audio' } as const
const FOR_GOOD = [4001, 4003]
const AGAIN_MS = 700
/** How often the other side is told what has been read: kernels and proxies hold more than they admit. */
const GOT_MS = 200

export class RelayLine {
  state: RelayState = 'connecting'
  onState: (state: RelayState) => void = () => {}
  onPacket: (packet: Packet) => void = () => {}
  private socket: WebSocket | null = null
  private seq = 0
  private timer = 0
  private unread: { seq: number, bytes: number }[] = []
  private gotAt = 0

  constructor(private readonly path: string) {
    this.connect()
  }

  /** Bytes on their way that the other side has not read yet. */
  get waiting(): number {
    return this.unread.reduce((sum, { bytes }) => sum + bytes, 0)
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
    this.unread.push({ seq: this.seq, bytes: bytes.length })
    this.socket.send(bytes)
  }

  close(): void {
    clearTimeout(this.timer)
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
      if (this.state === 'off') this.timer = window.setTimeout(() => this.connect(), AGAIN_MS * (0.75 + Math.random() / 2))
    }
  }

  private hear(message: ArrayBuffer): void {
    const view = new DataView(message)
    const kind = NAMES[view.getUint8(0) as keyof typeof NAMES]
    if (!kind) return
    const at_us = view.getUint32(8) * 2 ** 32 + view.getUint32(12)
    const data = new Uint8Array(message, HEADER)
    if (kind === 'config' && this.taken(data)) return
    this.tell(view.getUint32(4))
    this.onPacket({ kind, key: view.getUint8(1) === 1, at_us, data })
  }

  /** What the other side has read; false: it is something else. */
  private taken(data: Uint8Array<ArrayBuffer>): boolean {
    const { got } = JSON.parse(new TextDecoder().decode(data)) as { got?: number }
    if (got === undefined) return false
    this.unread = this.unread.filter(({ seq }) => seq > got)
    return true
  }

  private tell(got: number): void {
    const now = performance.now()
    if (now - this.gotAt < GOT_MS) return
    this.gotAt = now
    this.send({ kind: 'config', key: true, at_us: 0, data: new TextEncoder().encode(JSON.stringify({ got })) })
  }

  private become(state: RelayState): void {
    // "on" again is news too: the other side is a new page, and needs the beginning.
    if (state === this.state && state !== 'on') return
    this.state = state
    this.unread = []
    this.onState(state)
  }
}

/** Whether this browser can encode and decode by itself, so that the server may carry what it says. */
export const canRelay = (): boolean => typeof AudioEncoder !== 'undefined' && typeof AudioDecoder !== 'undefined' && typeof VideoDecoder !== 'undefined'

export const pathOf = (record: string, person: string, side: 'guest' | 'studio'): string =>
  `/media/${record.replace(':', '-')}/stage/${encodeURIComponent(person)}?side=${side}`
