/* What plays one address in a <video>: hls.js, or the phone itself. The clock of both is `wall`, the moment a picture
   was taken (ms UTC), which every playlist tells. */

export type Mode = 'live' | 'vod'

export interface Wanted {
  url: string
  mode: Mode
  /** Seconds from the beginning (recordings). */
  start: number
  /** Seconds behind the newest picture (live). */
  delay: number
  /** Live: begin at this moment, not at the newest picture. */
  from: number | null
}

/** gone: the address has nothing (404, 403). line: no answer. media: what came cannot be played. unknown: never can. */
export type Trouble = 'gone' | 'line' | 'media' | 'never'

export interface Ears {
  /** There is something to play. */
  ready(): void
  trouble(what: Trouble): void
}

export interface Engine {
  /** When the picture on the screen was taken; null while unknown. */
  wall(): number | null
  /** The newest picture that plays without a stop, seconds of the video's clock. */
  edge(): number | null
  /** Show what was taken then. False: this address does not reach back so far. */
  go(wall: number): boolean
  /** Keep near the newest picture, or stay as far behind as one is. */
  follow(on: boolean): void
  /** Load nothing more; and again. */
  sleep(): void
  wake(): void
  /** Ask again after `trouble`. */
  again(): void
  /** Mend the buffers after `media`. */
  recover(): void
  destroy(): void
}
