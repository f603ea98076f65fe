/* What studio and guests say to each other before they hear each other: messages, passed by our own server. */
import type { Link } from '@/link'
import type { Seat } from '@/things'

/** What a browser of the stage says to the other. `call` names one try to connect, so that old news is ignored. */
export type Message =
  | { kind: 'here', call: string, picture: boolean, relays: boolean }
  | { kind: 'sdp', call: string, type: 'offer' | 'answer', sdp: string }
  | { kind: 'ice', call: string, candidate: string, mid: string | null, line: number | null }
  | { kind: 'way', call: string, way: 'direct' | 'relay' }
  | { kind: 'bye' }
  | { kind: 'studio' }
/** What only the server says: the other is gone, is open elsewhere; who has a seat. */
export type Said = Message | { kind: 'gone' } | { kind: 'taken' } | { kind: 'seats', seats: Seat[] }

export interface Told { ok: boolean, code?: string, ice?: RTCIceServer[], seats?: Seat[], most?: number }

export class Signals {
  onSaid: (from: string, said: Said) => void = () => {}

  constructor(private readonly link: Link, record: string) {
    link.hear('signal', (heard) => {
      const { from, data } = heard as { record: string, from: string, data: Said }
      if (heard.record === record) this.onSaid(from, data)
    })
  }

  async say(data: Message, to = 'studio'): Promise<Told> {
    return (await this.link.call<Told>('signal', { to, data })) ?? { ok: false, code: 'offline' }
  }
}

export const newCall = (): string => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The other's addresses come one by one, and some before its description: those wait. */
export class Addresses {
  private waiting: RTCIceCandidateInit[] | null = []

  constructor(private readonly line: RTCPeerConnection) {}

  take({ candidate, mid, line }: { candidate: string, mid: string | null, line: number | null }): void {
    const one: RTCIceCandidateInit = { candidate, sdpMid: mid, sdpMLineIndex: line }
    if (this.waiting) this.waiting.push(one)
    else void this.line.addIceCandidate(one).catch(() => {})
  }

  described(): void {
    const { waiting } = this
    this.waiting = null
    waiting?.forEach((one) => void this.line.addIceCandidate(one).catch(() => {}))
  }
}
