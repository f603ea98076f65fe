/* Plays the newest of a live stream with the browser's own MediaSource and nothing else, so that the first picture need
   not wait for a library thirty times its size. It plays on, it does not mend: whatever is out of the ordinary is told as
   `media` and belongs to hls.js. The segments' own clock runs through every cut, so nothing is ever shifted here. */
import type { Ears, Engine, Wanted } from './engine'
import { listingOf, typeOf, type Listing, type Piece } from './listing'

const FURTHEST_S = 10
const CATCH_UP = 1.08
const BACK_S = 20
const AHEAD_S = 40
const STEP_S = 0.1
const PLAYLIST_MS = 450
const PATIENCE_MS = 20_000
const GAP_MS = 400

export const nearable = (): boolean => 'MediaSource' in window && MediaSource.isTypeSupported('video/mp4; codecs="avc1.42e01f,mp4a.40.2"')

class Refusal extends Error {
  constructor(readonly gone: boolean) {
    super('refused')
  }
}

/** Whether one piece was taken where the other ended. After a cut it was not, and nothing else need tell it: a picture
    like the one before has the same header. */
const dated = (last: Piece, next: Piece): boolean => Math.abs(next.wall - last.wall - last.seconds * 1000) < STEP_S * 1000

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export class Near implements Engine {
  private readonly source = new MediaSource()
  private readonly address: string
  private buffer: SourceBuffer | null = null
  private run = new AbortController()
  private following = true
  private asleep = false
  private held = ''
  private last: Piece | null = null
  /** Media seconds less wall seconds of what was appended last; constant between two cuts. */
  private marks: { from: number, wall: number }[] = []
  /** The newest moment listed, and when this page learnt of it. */
  private newest = { wall: 0, at: 0 }
  private slack = 0
  private waitedAt = 0
  private readonly beat: number

  constructor(private readonly video: HTMLVideoElement, private readonly want: Wanted, private readonly ears: Ears) {
    this.address = URL.createObjectURL(this.source)
    this.source.addEventListener('sourceopen', () => void this.play(this.run.signal), { once: true })
    video.src = this.address
    this.beat = window.setInterval(() => this.keepUp(), 250)
  }

  wall(): number | null {
    const now = this.video.currentTime
    let found = null
    for (const one of this.marks) if (one.from <= now + STEP_S) found = one
    return found && found.wall + (now - found.from) * 1000
  }

  edge(): number | null {
    const wall = this.wall()
    return wall === null ? null : this.video.currentTime + (this.newestNow() - wall) / 1000 - this.target()
  }

  go(wall: number): boolean {
    const mark = this.marks.filter((one) => one.wall <= wall).pop()
    if (!mark || this.asleep) return false
    const at = mark.from + (wall - mark.wall) / 1000
    if (!this.has(at)) return false
    this.video.currentTime = at
    return true
  }

  follow(on: boolean): void {
    this.following = on
    this.video.playbackRate = 1
  }

  sleep(): void {
    this.asleep = true
    this.run.abort()
  }

  wake(): void {
    this.again()
  }

  again(): void {
    this.run.abort()
    this.run = new AbortController()
    this.asleep = false
    this.last = null
    if (this.source.readyState === 'open') void this.play(this.run.signal)
  }

  recover(): void { /* others do */ }

  destroy(): void {
    this.run.abort()
    clearInterval(this.beat)
    this.video.playbackRate = 1
    URL.revokeObjectURL(this.address)
    this.video.removeAttribute('src')
    this.video.load()
  }

  // Inside

  private async play(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const listing = await this.list(signal)
        for (const piece of this.due(listing)) await this.take(piece, signal)
        if (listing.ended) return
      }
    } catch (error) {
      if (signal.aborted) return
      const refused = error instanceof Refusal
      this.ears.trouble(refused ? (error.gone ? 'gone' : 'line') : error instanceof TypeError ? 'line' : 'media')
    }
  }

  /** The list as soon as it has something new; the server holds the answer back until then. */
  private async list(signal: AbortSignal): Promise<Listing> {
    const begun = Date.now()
    const url = this.last ? `${this.want.url}?_HLS_msn=${this.last.n + 1}` : this.want.url
    const answer = await this.fetch(url, signal)
    const listing = listingOf(await answer.text(), answer.url)
    const end = listing.pieces[listing.pieces.length - 1]
    if (end) {
      const wall = end.wall + end.seconds * 1000
      if (wall !== this.newest.wall) this.newest = { wall, at: Date.now() }
    }
    if (!end || end.n === this.last?.n) await pause(Math.max(0, PLAYLIST_MS - (Date.now() - begun)))
    return listing
  }

  private due({ pieces }: Listing): Piece[] {
    const { last } = this
    const first = pieces[0]
    const end = pieces[pieces.length - 1]
    if (!first || !end) return []
    if (last && first.n <= last.n + 1) return pieces.filter((one) => one.n > last.n)
    // Nothing yet, or what follows is no longer listed: from the newest that plays without a stop.
    const from = end.wall + end.seconds * 1000 - this.target() * 1000
    return pieces.filter((one) => one.wall + one.seconds * 1000 > from)
  }

  private async take(piece: Piece, signal: AbortSignal): Promise<void> {
    while (this.ahead() > AHEAD_S && !signal.aborted) await pause(500)
    const fresh = piece.init !== this.held
    const [init, data] = await Promise.all([fresh ? this.bytes(piece.init, signal) : null, this.bytes(piece.url, signal)])
    if (signal.aborted) return
    const jump = this.last === null || piece.n !== this.last.n + 1
    if (init) {
      this.buffer ??= this.open(init)
      await this.append(init)
      this.held = piece.init
    }
    await this.append(data)
    if (jump || !dated(this.last!, piece)) this.mark(piece)
    const begins = jump && this.marks[this.marks.length - 1]
    this.last = piece
    if (begins) this.begin(begins.from, piece)
  }

  private open(init: Uint8Array): SourceBuffer {
    const buffer = this.source.addSourceBuffer(typeOf(init))
    this.source.duration = Infinity
    return buffer
  }

  /** Where on the video's clock the piece lies: its end is where the newest of the buffer ends. */
  private mark(piece: Piece): void {
    const { buffered } = this.video
    if (!buffered.length) throw new Error('nothing came of it')
    const from = buffered.end(buffered.length - 1) - piece.seconds
    this.marks = this.marks.concat({ from, wall: piece.wall }).slice(-50)
  }

  private begin(from: number, piece: Piece): void {
    const late = (this.newest.wall - piece.wall) / 1000 - this.target()
    const at = from + Math.min(Math.max(0, late), Math.max(0, piece.seconds - 0.2)) + 0.001
    const there = this.video.currentTime
    if (!this.has(there) || (this.following && Math.abs(at - there) > 1)) this.video.currentTime = at
    this.ears.ready()
  }

  private async append(data: Uint8Array): Promise<void> {
    const { buffer, video } = this
    if (!buffer) return
    const old = buffer.buffered.length ? buffer.buffered.start(0) : 0
    if (video.currentTime - old > BACK_S * 2) await this.work(() => buffer.remove(0, video.currentTime - BACK_S))
    try {
      await this.work(() => buffer.appendBuffer(data as BufferSource))
    } catch (error) {
      if ((error as DOMException).name !== 'QuotaExceededError') throw error
      await this.work(() => buffer.remove(0, Math.max(0.1, video.currentTime - 2)))
      await this.work(() => buffer.appendBuffer(data as BufferSource))
    }
  }

  private work(act: () => void): Promise<void> {
    const { buffer } = this
    return new Promise((done, failed) => {
      buffer!.addEventListener('updateend', () => (this.video.error ? failed(new Error('not playable')) : done()), { once: true })
      act()
    })
  }

  private async fetch(url: string, signal: AbortSignal): Promise<Response> {
    const limit = new AbortController()
    const stop = (): void => limit.abort()
    const timer = setTimeout(stop, PATIENCE_MS)
    signal.addEventListener('abort', stop)
    try {
      const answer = await fetch(url, { signal: limit.signal, credentials: 'same-origin' })
      if (!answer.ok) throw new Refusal(answer.status < 500)
      return answer
    } catch (error) {
      if (limit.signal.aborted && !signal.aborted) throw new Refusal(false)
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  private async bytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Uint8Array(await (await this.fetch(url, signal)).arrayBuffer())
  }

  private target(): number {
    return this.want.delay + this.slack
  }

  private newestNow(): number {
    return this.newest.wall + (Date.now() - this.newest.at)
  }

  private ahead(): number {
    const { buffered, currentTime } = this.video
    return buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0
  }

  private has(at: number): boolean {
    const { buffered } = this.video
    return Array.from({ length: buffered.length }, (_, i) => buffered.start(i) <= at && at < buffered.end(i) - STEP_S / 2).some(Boolean)
  }

  /** Four times a second: over a hole, a little faster while late, with a leap when far too late. */
  private keepUp(): void {
    const { video } = this
    if (this.asleep || video.paused || video.seeking || !this.last) return
    if (video.readyState > 2) this.waitedAt = 0
    else this.waitedAt ||= Date.now()
    if (this.waitedAt && Date.now() - this.waitedAt > GAP_MS) {
      if (this.overHole()) return
      if (this.following && !this.slack) this.slack = 1
    }
    const wall = this.wall()
    if (!this.following || wall === null) return
    const late = (this.newestNow() - wall) / 1000 - this.target()
    if (late > FURTHEST_S - this.want.delay && this.ahead() > late) video.currentTime += late
    else if (late > 0.2 && this.ahead() > 0.8) video.playbackRate = CATCH_UP
    else if (late < 0.05 || this.ahead() < 0.5) video.playbackRate = 1
  }

  private overHole(): boolean {
    const { buffered, currentTime } = this.video
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) > currentTime && buffered.start(i) - currentTime < FURTHEST_S) {
        this.video.currentTime = buffered.start(i) + 0.01
        return true
      }
    }
    return false
  }
}
