/* The sound's time of a moment: sound card and computer each keep a pace of their own, and blocks of sound reach the
   page late when it is busy. Knows no sound and no page; times are given to it. */

/** The least delay among so many spans of so many milliseconds counts: blocks come in bursts, clocks drift slowly. */
const [SPANS, SPAN_MS] = [8, 250]
/** A step like this is no delay: the computer's clock was set, or the sound stood still. */
const STEP_MS = 1_000
/** Half of the pace at which it is asked whether a picture is due. */
const SLACK_US = 10_000

export class SoundClock {
  private spans: { at: number, least: number }[] = []

  /** A block of sound that ends at `end_us` was ready at `now_ms` by the computer's clock. */
  heard(end_us: number, now_ms: number): void {
    const away = now_ms - end_us / 1000
    if (Math.abs(away - this.away) > STEP_MS) this.spans = []
    const last = this.spans[this.spans.length - 1]
    if (last && now_ms - last.at < SPAN_MS) last.least = Math.min(last.least, away)
    else this.spans.push({ at: now_ms, least: away })
    if (this.spans.length > SPANS) this.spans.shift()
  }

  /** The sound's time in microseconds at this time of the computer; before any sound, its beginning. */
  at_us(now_ms: number): number {
    return this.spans.length ? Math.max(0, Math.round((now_ms - this.away) * 1000)) : 0
  }

  /** Milliseconds from the sound's time to the computer's. */
  private get away(): number {
    return this.spans.reduce((least, span) => Math.min(least, span.least), Infinity)
  }
}

/** Says when the next picture is due, so many a second by the sound's time. A machine that is slow at drawing draws
    less often: it rests as long as it drew, else nothing but drawing is done. */
export class Beat {
  private due_us = -Infinity
  private readonly step_us: number

  constructor(fps: number) {
    this.step_us = 1e6 / fps
  }

  /** Whether a picture is due now; then the next one is due a step later, not at what time was lost. */
  due(now_us: number): boolean {
    if (Math.abs(now_us - this.due_us) > 1e6) this.due_us = now_us
    if (now_us < this.due_us - SLACK_US) return false
    this.due_us = Math.max(this.due_us, now_us - this.step_us) + this.step_us
    return true
  }

  /** The picture begun then was drawn by now. */
  took(begun_us: number, now_us: number): void {
    this.due_us = Math.max(this.due_us, 2 * now_us - begun_us)
  }
}
