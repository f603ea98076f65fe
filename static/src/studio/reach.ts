/* Asks again and again whether the server can be reached, after a line was lost. Not by opening WebSockets: Chromium
   makes a page whose sockets failed often wait up to five seconds before it tries the next. */

const ASK_MS = 300
/** A question that a dead network swallowed; others are asked meanwhile. */
const GIVE_UP_MS = 1_500

export class Reach {
  private timer = 0

  /** `there` is called once for each `look`. */
  constructor(private readonly there: () => void) {
    window.addEventListener('online', this.hurry)
  }

  look(): void {
    this.rest()
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
    fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(GIVE_UP_MS) }).then(({ status }) => {
      if (status >= 500 || !timer || timer !== this.timer) return
      this.rest()
      this.there()
    }, () => { /* not yet */ })
  }

  private readonly hurry = (): void => {
    if (this.timer) this.ask()
  }
}
