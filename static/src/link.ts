/* The line to the server: one socket, or plain HTTP where none can be held. Carries wishes up until they are answered
   and patches down to the store. Decides nothing about the meeting. */
import { io, type Socket } from 'socket.io-client'
import { ref, shallowRef, type Ref } from 'vue'
import { ask, first } from './session'
import type { Store } from './store'
import type { Ack, Intent, Me, OwnPatch, Patch, ThingSet, Wish } from './things'

/** connecting: first try; live: by socket; polling: by HTTP; reconnecting: was there before; shut: may not look. */
export type LinkState = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'shut'

const ACK_MS = 4_000
/** A staff command that nobody answered is given up after this long; words of residents never are. */
const GIVE_UP_MS = 15_000
const BACKOFF_MS = [500, 8_000] as const
/** Failures in a row after which HTTP takes over; the socket is still tried, rarely. */
const FAILURES = 3
const SOCKET_AGAIN_MS = 60_000
const POLL_MS = 3_000
const AWAY_MS = 600_000
/** A silence this long on waking is asked about, even if the socket believes it is alive. */
const NAP_MS = 5_000

interface Joined {
  ok: boolean
  code?: string
  seq: number
  set: ThingSet
  own?: ThingSet
  me?: Me
  floor?: number
  /** The set is the whole room: my number was too old. */
  again?: boolean
  now?: number
  build?: string
  air?: Record<string, unknown>
  how?: string
}

interface Changes { from?: number, to: number, floor?: number, set: ThingSet, own?: ThingSet, me?: Me }

interface Waiting { intent: Intent, tries: number, sending: boolean, done: (ack: Ack) => void }

/** Full jitter: a thousand phones that lost one server come back spread over the whole span. */
export const jitter = (failures: number): number => Math.random() * Math.min(BACKOFF_MS[1], BACKOFF_MS[0] * 2 ** failures)

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export class Link {
  readonly state: Ref<LinkState> = ref('connecting')
  /** Why the room is shut. */
  readonly shut: Ref<{ ok: false, code: string } | null> = shallowRef(null)
  readonly failures = ref(0)
  /** Set by a screen while something is being written: no reload then. */
  writing: () => boolean = () => false
  /** A newer release waits for a reload that something half-written forbids. */
  readonly stale = ref(false)
  /** My own applause that the server has not told back yet. */
  readonly untold = ref(0)
  private readonly socket: Socket
  private readonly waiting = new Map<string, Waiting>()
  private eye: string | undefined
  /** The meeting's code, where watching asks for it: it came with the address. */
  private readonly code: { code?: string }
  private joining = false
  private hiddenAt = 0
  private timer = 0
  private polls = 0
  private clap: { key: string, total: number, sent: number, busy: boolean } = { key: '', total: 0, sent: 0, busy: false }

  constructor(private readonly store: Store) {
    this.eye = store.me.value?.eye
    const code = new URLSearchParams(location.search).get('code')
    this.code = code ? { code } : {}
    this.socket = io({ transports: ['websocket'], reconnection: false, autoConnect: false, timeout: 8_000 })
    this.listen()
    store.intents.value.forEach((intent) => this.enlist(intent, true))
    this.socket.connect()
  }

  /**
   * Give a command. Resolves when the record has it or the server refused it. With `stay` (residents' words and
   * choices) it is sent again for as long as it takes, also after the page was closed; without, an unanswered
   * command comes back as `unsent`.
   */
  give(wish: Wish, { stay = false }: { stay?: boolean } = {}): Promise<Ack> {
    return this.enlist(this.store.wish(wish), stay)
  }

  /** One more applause of this page load; the running total is told at most once a second. */
  applaud(): void {
    if (!this.clap.key) this.clap.key = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`
    this.clap.total += 1
    this.untold.value += 1
    this.tellApplause()
  }

  /** Staff: which thing I look at, so that two do not work on one. */
  look(name: string | null): void {
    this.breathe({ looking: name })
  }

  /** Say something that may be lost. */
  breathe(air: object): void {
    if (this.socket.connected) this.socket.emit('air', { record: this.store.record, ...air })
  }

  /** What the server says under another name, for a piece that comes later. */
  hear(name: string, act: (said: { record: string }) => void): void {
    this.socket.on(name, act)
  }

  /** Ask the server something about this record; null: no answer. */
  async call<T extends object>(name: string, body: object): Promise<T | null> {
    try {
      const answer = (await this.socket.timeout(ACK_MS).emitWithAck(name, { record: this.store.record, ...body })) as T | undefined
      return answer && typeof answer === 'object' ? answer : null
    } catch {
      return null
    }
  }

  /** Ask what changed since my number; `whole` forgets the number first. */
  async join(whole = false): Promise<void> {
    if (this.joining || !this.socket.connected) return
    this.joining = true
    try {
      const since = whole ? 0 : this.store.seq.value
      await this.joined(await this.askToJoin(since), since)
    } catch {
      this.lost()
    } finally {
      this.joining = false
    }
  }

  /** The session changed (somebody joined): a new line, the room afresh. */
  renew(): void {
    this.state.value = 'reconnecting'
    this.shut.value = null
    this.eye = undefined
    this.connectNow(true)
  }

  close(): void {
    clearTimeout(this.timer)
    this.socket.disconnect()
  }

  // The socket

  private listen(): void {
    const { socket, store } = this
    socket.on('connect', () => void this.join())
    socket.on('connect_error', () => this.lost())
    socket.on('disconnect', (reason) => { if (reason !== 'io client disconnect') this.lost() })
    socket.on('patch', (patch: Patch) => {
      if (patch.record === store.record && store.take(patch) === 'gap') void this.join()
    })
    socket.on('own', (patch: OwnPatch) => { if (patch.record === store.record) store.takeOwn(patch) })
    socket.on('air', ({ record, ...air }: { record: string }) => {
      if (record !== store.record) return
      Object.assign(store.air, air)
      this.untold.value = this.clap.total - this.clap.sent
    })
    socket.on('again', ({ record, wait_ms }: { record: string, wait_ms?: number }) => {
      if (record === store.record) setTimeout(() => void this.join(true), Math.random() * (wait_ms ?? 1_000))
    })
    document.addEventListener('visibilitychange', () => this.woke(document.visibilityState === 'visible'))
    window.addEventListener('online', () => this.connectNow())
    window.addEventListener('pageshow', (event) => { if (event.persisted) this.woke(true) })
  }

  private async askToJoin(since: number): Promise<Joined> {
    return (await this.socket.timeout(ACK_MS).emitWithAck('join', { record: this.store.record, since, page: location.pathname.split('/')[1], ...this.code })) as Joined
  }

  private async joined(answer: Joined | undefined, since: number): Promise<void> {
    if (!answer || typeof answer !== 'object') return this.lost()
    if (answer.ok === false) return this.refusedToJoin({ ...answer, ok: false, code: answer.code ?? 'unclear' })
    if (answer.me) {
      this.store.me.value = answer.me
      if (since && answer.me.eye !== this.eye) {
        this.eye = answer.me.eye
        return this.joined(await this.askToJoin(0), 0)
      }
      this.eye = answer.me.eye
    }
    this.takeJoined(answer, since)
    this.failures.value = 0
    this.state.value = 'live'
    this.stopPolling()
    this.checkBuild(answer.build)
    this.waiting.forEach((one) => void this.send(one))
    this.tellApplause()
  }

  private takeJoined(answer: Joined, since: number): void {
    const { store } = this
    store.setClock(answer.now)
    Object.assign(store.air, answer.air, { how: answer.how })
    if (!since || answer.again) return store.takeWhole(answer.seq, answer.set, answer.own ?? {})
    store.take({ record: store.record, from: since, to: answer.seq, set: answer.set })
    if (answer.own) store.takeOwn({ record: store.record, at: answer.seq, set: answer.own })
  }

  private refusedToJoin(refusal: { ok: false, code: string }): void {
    if (['busy', 'unavailable', 'too_fast'].includes(refusal.code)) return this.lost()
    this.shut.value = refusal
    this.state.value = 'shut'
    this.socket.disconnect()
  }

  private lost(): void {
    if (this.state.value === 'shut') return
    if (this.socket.connected) this.socket.disconnect()
    this.failures.value += 1
    if (this.state.value !== 'polling') this.state.value = this.store.seq.value || this.failures.value > 1 ? 'reconnecting' : 'connecting'
    if (this.failures.value >= FAILURES && !this.polls && navigator.onLine !== false) this.poll()
    clearTimeout(this.timer)
    const wait = this.state.value === 'polling' ? SOCKET_AGAIN_MS * (0.5 + Math.random()) : jitter(this.failures.value)
    this.timer = window.setTimeout(() => this.connectNow(), wait)
  }

  private connectNow(anyway = false): void {
    if (!anyway && (this.socket.connected || this.state.value === 'shut')) return
    clearTimeout(this.timer)
    this.socket.disconnect()
    this.socket.connect()
  }

  private woke(visible: boolean): void {
    if (!visible) {
      this.hiddenAt = Date.now()
      return
    }
    const away = this.hiddenAt ? Date.now() - this.hiddenAt : NAP_MS
    if (away > AWAY_MS && !this.writing() && !this.waiting.size) return location.reload()
    if (!this.socket.connected) this.connectNow()
    else if (away >= NAP_MS) void this.join()
  }

  private checkBuild(build: string | undefined): void {
    if (!build || !first.build || build === first.build) return
    if (this.writing() || this.waiting.size) this.stale.value = true
    else location.reload()
  }

  // Wishes

  private enlist(intent: Intent, stay: boolean): Promise<Ack> {
    return new Promise((done) => {
      const one: Waiting = { intent, tries: 0, sending: false, done }
      this.waiting.set(intent.key, one)
      if (!stay) setTimeout(() => this.giveUp(one), GIVE_UP_MS)
      void this.send(one)
    })
  }

  private giveUp(one: Waiting): void {
    if (this.waiting.has(one.intent.key)) this.settle(one, { ok: false, code: 'unsent' })
  }

  private settle(one: Waiting, ack: Ack): void {
    this.waiting.delete(one.intent.key)
    this.store.answered(one.intent.key, ack)
    one.done(ack)
  }

  /** Sends until somebody answers. Anything that is not an answer means: unknown, send again. */
  private async send(one: Waiting): Promise<void> {
    if (one.sending || !this.waiting.has(one.intent.key)) return
    if (!this.store.isWanted(one.intent.key)) return this.settle(one, { ok: true, seq: 0 })
    if (!this.store.isMine(one.intent) || (this.state.value !== 'live' && this.state.value !== 'polling')) return
    one.sending = true
    one.tries += 1
    const wish = { ...one.intent.wish, as: one.intent.person }
    const ack = await (this.state.value === 'live' ? this.call<Ack>('do', wish) : this.post(wish))
    one.sending = false
    /* Refused because of `as`: another has come in on this phone. It waits for its own person, whom the next answer names. */
    if (ack && (ack.ok ? Number.isInteger(ack.seq) : ack.code && ack.field !== 'as' && !['busy', 'unavailable', 'offline'].includes(ack.code))) return this.settle(one, ack)
    if (!ack && this.state.value === 'live' && one.tries > 1) return this.lost()
    await pause(jitter(one.tries))
    return this.send(one)
  }

  private async post(wish: Wish): Promise<Ack | null> {
    return (await ask<object>(`/api/records/${encodeURIComponent(this.store.record)}/commands`, wish)) as Ack
  }

  private tellApplause(): void {
    const { clap, socket } = this
    if (clap.busy || clap.total === clap.sent || !socket.connected) return
    clap.busy = true
    const total = clap.total
    const air = { record: this.store.record, applause: { key: clap.key, total } }
    socket.timeout(ACK_MS).emit('air', air, (error: Error | null) => { if (!error) clap.sent = Math.max(clap.sent, total) })
    setTimeout(() => {
      clap.busy = false
      this.tellApplause()
    }, 1_000)
  }

  // HTTP, where no socket can be held

  private poll(): void {
    this.state.value = 'polling'
    const round = async (): Promise<void> => {
      const since = this.store.seq.value
      const query = new URLSearchParams({ since: String(since), ...this.code }).toString()
      const got = await ask<Changes>(`/api/records/${encodeURIComponent(this.store.record)}/changes?${query}`)
      if (got.code === 'offline') this.state.value = 'reconnecting'
      else if (this.state.value === 'reconnecting') this.state.value = 'polling'
      if (got.to !== undefined && got.set) this.takeChanges(since, got)
      if (this.state.value === 'polling') this.waiting.forEach((one) => void this.send(one))
      if (this.polls) this.polls = window.setTimeout(() => void round(), POLL_MS * (0.75 + Math.random() / 2))
    }
    this.polls = window.setTimeout(() => void round(), 0)
  }

  private takeChanges(since: number, { from = since, to, floor = 0, set, own, me }: Changes): void {
    const { store } = this
    if (me) store.me.value = me
    if (from < since || since < floor) return store.takeWhole(to, set, own ?? {})
    store.take({ record: store.record, from, to, set })
    if (own) store.takeOwn({ record: store.record, at: to, set: own })
  }

  private stopPolling(): void {
    clearTimeout(this.polls)
    this.polls = 0
  }
}
