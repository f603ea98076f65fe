/* The sound's time of a moment: sound card and computer each keep a pace of their own, and blocks of sound reach the
   page late when it is busy. Knows no sound and no page; times are given to it. */

/** The least delay among so many spans of so many milliseconds counts: blocks come in bursts, clocks drift slowly. */
const [SPANS, SPAN_MS] = [4, 200]
/** A step like this is no delay: the computer's clock was set, or the sound stood still. */
const STEP_MS = 250
/** Half of the pace at which it is asked whether a picture is due. */
const SLACK_MS = 10
/** The step of pictures that wait for their sound. */
const LEAST_US = 10_000

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

/** The times of pictures: those of the sound, but never back. Sound that stood still is behind from then on; pictures
    wait for it by going slower, not by being left out. */
export class PictureTimes {
  private last_us = -Infinity

  /** The time to write on a picture taken when the sound's time is this. */
  of(now_us: number): number {
    return (this.last_us = Math.max(now_us, this.last_us + LEAST_US))
  }
}

/** Says when the next picture is due, so many a second by a clock of the computer. A machine that is slow at drawing
    draws less often: it rests as long as it drew, else nothing but drawing is done. */
export class Beat {
  private due_ms = -Infinity
  private readonly step_ms: number

  constructor(fps: number) {
    this.step_ms = 1e3 / fps
  }

  /** Whether a picture is due now; then the next one is due a step later, not at what time was lost. */
  due(now_ms: number): boolean {
    if (now_ms < this.due_ms - SLACK_MS) return false
    this.due_ms = Math.max(this.due_ms, now_ms - this.step_ms) + this.step_ms
    return true
  }

  /** The picture begun then was drawn by now. */
  took(begun_ms: number, now_ms: number): void {
    this.due_ms = Math.max(this.due_ms, 2 * now_ms - begun_ms)
  }
}
