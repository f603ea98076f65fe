/* Asks again and again whether the server can be reached, after a line was lost. Not by opening WebSockets: Chromium
   makes a page whose sockets failed often wait up to five seconds before it tries the next. */

const ASK_MS = 300
/** A question that a dead network swallowed; others are asked meanwhile. */
const GIVE_UP_MS = 1_500
/** Something in between may answer this question badly, or not at all, and yet let the line through: then that is tried.
    Seldom where nothing answers, for a try takes its time and the network may be back meanwhile. */
const [BADLY_MS, DEAF_MS] = [5_000, 20_000]

export class Reach {
  private timer = 0
  private since = 0

  /** `there` is called once for each `look`. */
  constructor(private readonly there: () => void) {
    window.addEventListener('online', this.hurry)
  }

  look(): void {
    this.rest()
    this.since = Date.now()
    this.timer = window.setInterval(() => this.ask(), ASK_MS)
    this.ask()
  }

  /** Ask no more, for now. */
  rest(): void {
    clearInterval(this.timer)
    this.timer = 0
  }

  close(): void {
    this.rest()
    window.removeEventListener('online', this.hurry)
  }

  private ask(): void {
    const { timer } = this
    if (Date.now() - this.since > DEAF_MS) return this.found()
    fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(GIVE_UP_MS) }).then(({ status }) => {
      if (!timer || timer !== this.timer) return
      if (status < 500 || Date.now() - this.since > BADLY_MS) this.found()
    }, () => { /* not yet */ })
  }

  private found(): void {
    this.rest()
    this.there()
  }

  private readonly hurry = (): void => {
    if (this.timer) this.ask()
  }
}
