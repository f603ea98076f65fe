/* What residents see: one canvas, a few scenes. Draws when told to; keeps no time of its own. */

export type Scene = 'camera' | 'screen' | 'back_soon'

/** What the card says; words come from outside. */
export interface Card { title: string, line: string }

const [INK, PAPER, SUN] = ['#2b2017', '#fff9ee', '#ffb020']
const FONT = '"PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'

export class Stage {
  readonly canvas = document.createElement('canvas')
  scene: Scene = 'camera'
  camera = true
  card: Card = { title: '', line: '' }
  private readonly paint: CanvasRenderingContext2D

  constructor(private readonly video: HTMLVideoElement, private readonly shared: HTMLVideoElement, width: number, height: number) {
    this.canvas.width = width
    this.canvas.height = height
    this.paint = this.canvas.getContext('2d', { alpha: false, desynchronized: true })!
  }

  resize(width: number, height: number): void {
    this.canvas.width = width
    this.canvas.height = height
  }

  draw(): void {
    const { width, height } = this.canvas
    this.paint.fillStyle = '#1c120a'
    this.paint.fillRect(0, 0, width, height)
    const shown = this.camera && ready(this.video)
    if (this.scene === 'back_soon') this.drawCard()
    else if (this.scene === 'screen' && ready(this.shared)) {
      this.fit(this.shared, 0, 0, width, height, false)
      if (shown) this.fit(this.video, width * 0.77, height * 0.74, width * 0.21, height * 0.23, true)
    } else if (shown) this.fit(this.video, 0, 0, width, height, true)
    else this.drawCard()
  }

  /** Fill the place, cutting what hangs over; or, with `fill` off, show all of it. */
  private fit(video: HTMLVideoElement, x: number, y: number, width: number, height: number, fill: boolean): void {
    const { videoWidth, videoHeight } = video
    const scale = (fill ? Math.max : Math.min)(width / videoWidth, height / videoHeight)
    const [w, h] = [videoWidth * scale, videoHeight * scale]
    this.paint.save()
    this.paint.beginPath()
    this.paint.rect(x, y, width, height)
    this.paint.clip()
    this.paint.drawImage(video, x + (width - w) / 2, y + (height - h) / 2, w, h)
    this.paint.restore()
  }

  private drawCard(): void {
    const { width, height } = this.canvas
    const { paint } = this
    paint.fillStyle = PAPER
    paint.fillRect(0, 0, width, height)
    paint.fillStyle = SUN
    paint.beginPath()
    paint.arc(width / 2, height * 0.3, height * 0.1, 0, 2 * Math.PI)
    paint.fill()
    paint.textAlign = 'center'
    paint.fillStyle = INK
    this.line(this.card.title, height * 0.56, height * 0.085, 700)
    this.line(this.card.line, height * 0.68, height * 0.05, 400)
  }

  private line(text: string, y: number, size: number, weight: number): void {
    this.paint.font = `${weight} ${Math.round(size)}px ${FONT}`
    this.paint.fillText(text, this.canvas.width / 2, y, this.canvas.width * 0.9)
  }
}

const ready = (video: HTMLVideoElement): boolean => video.srcObject !== null && video.readyState >= 2 && video.videoWidth > 0
