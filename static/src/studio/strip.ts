/* The strip across the foot of the picture: who speaks, what is asked, and by what this council can be checked.
   Drawn anew only when it says something else. */
import { FONT, cutTo, lines } from './paint'

export interface Title {
  name: string
  badge: string
  /** The question on air, empty when there is none. */
  question: string
  /** Proof code with its word before it. */
  code: string
  /** The room's address as a drawn QR code: for those who watch elsewhere and cannot press a link. */
  qr: CanvasImageSource | null
}

/** Height of the strip, as a share of the picture's. */
export const FOOT = 0.18
const [GOLD, WHITE, GROUND] = ['#ffd68a', '#ffffff', 'rgba(20, 10, 3, .82)']

export class Strip {
  private readonly canvas = document.createElement('canvas')
  private shown = ''

  draw(onto: CanvasRenderingContext2D, title: Title, width: number, height: number): void {
    const high = Math.round(height * FOOT)
    if (title.name || title.question) {
      this.prepare(title, width, high)
      onto.drawImage(this.canvas, 0, height - high)
    }
    if (title.code) mark(onto, title.code, width, height)
    if (title.qr) code(onto, title.qr, width, height)
  }

  private prepare({ name, badge, question }: Title, width: number, high: number): void {
    const said = JSON.stringify([name, badge, question, width, high])
    if (said === this.shown) return
    this.shown = said
    this.canvas.width = width
    this.canvas.height = high
    const paint = this.canvas.getContext('2d')!
    paint.fillStyle = GROUND
    paint.fillRect(0, 0, width, high)
    const margin = high * 0.24
    const wide = question ? width * 0.28 : width - 2 * margin
    paint.fillStyle = WHITE
    paint.font = `700 ${Math.round(high * 0.37)}px ${FONT}`
    paint.fillText(cutTo(paint, name, wide), margin, high * (badge ? 0.46 : 0.62))
    paint.fillStyle = GOLD
    paint.font = `400 ${Math.round(high * 0.26)}px ${FONT}`
    paint.fillText(cutTo(paint, badge, wide), margin, high * 0.82)
    if (!question) return
    const left = margin * 2 + wide
    paint.fillStyle = GOLD
    paint.fillRect(left - margin / 2, high * 0.16, Math.max(2, high * 0.025), high * 0.68)
    paint.fillStyle = WHITE
    paint.font = `500 ${Math.round(high * 0.29)}px ${FONT}`
    lines(paint, question, width - left - margin * 1.5, 2).forEach((line, i, all) => {
      paint.fillText(line, left + margin / 2, high * (all.length === 1 ? 0.6 : 0.42 + i * 0.38))
    })
  }
}

/** Small, in the corner where no face is: it must be readable on a still, not while watching. */
function mark(paint: CanvasRenderingContext2D, text: string, width: number, height: number): void {
  const size = Math.round(height * 0.032)
  paint.font = `500 ${size}px ${FONT}`
  paint.textAlign = 'left'
  const wide = paint.measureText(text).width + size
  paint.fillStyle = 'rgba(20, 10, 3, .6)'
  paint.fillRect(size * 0.6, size * 0.6, wide, size * 1.6)
  paint.fillStyle = WHITE
  paint.fillText(text, size * 1.1, size * 1.75, width * 0.5)
}

function code(paint: CanvasRenderingContext2D, qr: CanvasImageSource, width: number, height: number): void {
  const side = Math.round(height * 0.2)
  const [x, y] = [width - side - height * 0.03, height * 0.03]
  paint.fillStyle = WHITE
  paint.fillRect(x, y, side, side)
  paint.imageSmoothingEnabled = false
  paint.drawImage(qr, x, y, side, side)
  paint.imageSmoothingEnabled = true
}
