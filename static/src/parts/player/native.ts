/* Plays by the phone itself: Apple's, where that gives the lock screen, full screen and sound in the background. */
import type { Ears, Engine, Wanted } from './engine'

type Dated = HTMLVideoElement & { getStartDate?(): Date }

export class Native implements Engine {
  constructor(private readonly video: Dated, private readonly want: Wanted, ears: Ears) {
    video.src = want.url
    video.onerror = () => ears.trouble(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'line' : 'media')
    video.addEventListener('loadedmetadata', () => {
      if (want.start) video.currentTime = want.start
      if (want.from !== null) this.go(want.from)
    }, { once: true })
    ears.ready()
  }

  wall(): number | null {
    const began = this.video.getStartDate?.().getTime()
    return began ? began + this.video.currentTime * 1000 : null
  }

  edge(): number | null {
    const { seekable } = this.video
    return seekable.length ? seekable.end(seekable.length - 1) - this.want.delay : null
  }

  go(wall: number): boolean {
    const { video } = this
    const began = video.getStartDate?.().getTime()
    if (!began || !video.seekable.length) return false
    const at = (wall - began) / 1000
    if (at < video.seekable.start(0)) return false
    video.currentTime = at
    return true
  }

  follow(): void { /* the phone stays where it is put */ }

  sleep(): void { /* and loads as it sees fit */ }

  wake(): void { this.again() }

  again(): void {
    if (this.video.error) this.video.src = this.want.url
  }

  recover(): void {
    this.video.src = this.want.url
  }

  destroy(): void {
    this.video.onerror = null
    this.video.removeAttribute('src')
    this.video.load()
  }
}
