/* What residents see: one canvas, a few scenes, and who sits where. Draws when told to; keeps no time of its own. */
import { FOOT, Strip, type Title } from './strip'
import { HALL } from './mix'
import { FONT, sizeOf, type Place } from './paint'

/** camera: the hall; speaking: whoever speaks; beside: speaker and material; material: it alone; inset: it with the
    speaker in a corner; grid: all; card: back soon. */
export type Scene = 'camera' | 'speaking' | 'beside' | 'material' | 'inset' | 'grid' | 'card'
export const SCENES: readonly Scene[] = ['camera', 'speaking', 'beside', 'material', 'inset', 'grid', 'card']

/** What the card says; words come from outside. */
export interface Card { title: string, line: string }

/** Somebody in the picture beside the hall. Without a picture the name is shown large. */
export interface Seat { picture: CanvasImageSource | null, name: string, badge: string }

const [INK, PAPER, SUN, DARK, GAP] = ['#2b2017', '#fff9ee', '#ffb020', '#1c120a', 0.008]

export class Stage {
  readonly canvas = document.createElement('canvas')
  scene: Scene = 'camera'
  camera = true
  /** Nothing but the card, whatever the scene. */
  covered = false
  card: Card = { title: '', line: '' }
  /** A page that the host chose, shown as material unless a screen is shared. */
  material: CanvasImageSource | null = null
  /** Key of the seat that speaks. */
  speaking = HALL
  /** Who sits before the hall's camera, where that has to be said without a picture. */
  host = { name: '', badge: '' }
  title: Title = { name: '', badge: '', question: '', code: '', qr: null }
  private readonly seats = new Map<string, Seat>()
  private readonly paint: CanvasRenderingContext2D
  private readonly strip = new Strip()

  constructor(private readonly video: HTMLVideoElement, private readonly shared: HTMLVideoElement, width: number, height: number) {
    this.canvas.width = width
    this.canvas.height = height
    this.paint = this.canvas.getContext('2d', { alpha: false, desynchronized: true })!
  }

  resize(width: number, height: number): void {
    this.canvas.width = width
    this.canvas.height = height
  }

  /** Somebody is in the picture from the next drawing on; the same key again changes name or picture. */
  seat(key: string, seat: Seat): void {
    this.seats.set(key, seat)
  }

  unseat(key: string): void {
    this.seats.delete(key)
    if (this.speaking === key) this.speaking = HALL
  }

  get seated(): string[] {
    return [...this.seats.keys()]
  }

  seatOf(key: string): Seat | undefined {
    return this.seats.get(key)
  }

  draw(): void {
    const { width, height } = this.canvas
    this.paint.fillStyle = DARK
    this.paint.fillRect(0, 0, width, height)
    if (this.covered || this.scene === 'card') return this.drawCard()
    this.arrange()
    this.strip.draw(this.paint, this.title, width, height)
  }

  // Scenes. Places are shares of the canvas: left, top, width, height.

  private arrange(): void {
    const material = this.slide()
    const high = this.title.name || this.title.question ? 1 - FOOT : 1
    const speaker = this.seats.has(this.speaking) ? this.speaking : HALL
    if (this.scene === 'grid' && this.seats.size) this.grid([HALL, ...this.seats.keys()], [0, 0, 1, high])
    else if (material && this.scene === 'material') this.fit(material, [0, 0, 1, high], false)
    else if (material && this.scene === 'inset') {
      this.fit(material, [0, 0, 1, high], false)
      this.tile(speaker, [0.77, 0.03, 0.21, 0.21])
    } else if (this.scene === 'beside' && (material || this.seats.size)) this.beside(speaker, material, high)
    else if (this.scene === 'speaking') this.tile(speaker, [0, 0, 1, 1])
    else this.tile(HALL, [0, 0, 1, 1])
  }

  /** The speaker large; at the side the material, and under it the others. */
  private beside(speaker: string, material: CanvasImageSource | null, high: number): void {
    const others = [HALL, ...this.seats.keys()].filter((key) => key !== speaker)
    const side = 0.4
    this.tile(speaker, [0, 0, 1 - side - GAP, 1])
    const deep = !material ? 0 : others.length ? high * 0.58 : high
    if (material) this.fit(material, [1 - side, 0, side, deep], false)
    if (others.length) this.grid(others, [1 - side, deep, side, high - deep])
  }

  private grid(keys: string[], [x, y, w, h]: Place): void {
    const columns = w < 0.5 ? Math.min(keys.length, h > 0.5 ? 1 : 2) : Math.ceil(Math.sqrt(keys.length))
    const rows = Math.ceil(keys.length / columns)
    keys.forEach((key, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)]
      this.tile(key, [x + (column * w) / columns, y + (row * h) / rows, w / columns - GAP, h / rows - GAP])
    })
  }

  /** One person: the picture cut to its place, or the name where there is none; the hall says its name in the strip. */
  private tile(key: string, place: Place): void {
    const seat = this.seats.get(key)
    const picture = key === HALL ? (this.camera ? this.video : null) : seat?.picture ?? null
    const shown = picture !== null && sizeOf(picture)[0] > 0
    if (shown) this.fit(picture, place, true)
    const whole = place[2] === 1
    if (key === HALL && !shown && whole) return this.drawCard()
    const { name, badge } = seat ?? this.host
    if (!shown) this.blank(name, badge, place)
    else if (!whole && key !== HALL) this.label(name, badge, place)
  }

  private slide(): CanvasImageSource | null {
    if (sizeOf(this.shared)[0] > 0) return this.shared
    return this.material && sizeOf(this.material)[0] > 0 ? this.material : null
  }

  /** Fill the place, cutting what hangs over; or, with `fill` off, show all of it. */
  private fit(picture: CanvasImageSource, place: Place, fill: boolean): void {
    const [x, y, width, height] = this.pixels(place)
    const [wide, high] = sizeOf(picture)
    const scale = (fill ? Math.max : Math.min)(width / wide, height / high)
    const [w, h] = [wide * scale, high * scale]
    this.paint.save()
    this.paint.beginPath()
    this.paint.rect(x, y, width, height)
    this.paint.clip()
    this.paint.drawImage(picture, x + (width - w) / 2, y + (height - h) / 2, w, h)
    this.paint.restore()
  }

  private blank(name: string, badge: string, place: Place): void {
    const [x, y, width, height] = this.pixels(place)
    this.paint.fillStyle = '#4a2410'
    this.paint.fillRect(x, y, width, height)
    this.paint.textAlign = 'center'
    this.paint.fillStyle = '#fff'
    this.write(name, x + width / 2, y + height * 0.5, Math.min(height * 0.16, width * 0.12), 700, width * 0.9)
    this.paint.fillStyle = '#ffd68a'
    this.write(badge, x + width / 2, y + height * 0.68, Math.min(height * 0.1, width * 0.08), 400, width * 0.9)
  }

  private label(name: string, badge: string, place: Place): void {
    const [x, y, width, height] = this.pixels(place)
    const size = Math.max(this.canvas.height * 0.03, height * 0.06)
    this.paint.fillStyle = 'rgba(20, 10, 3, .72)'
    this.paint.fillRect(x, y + height - size * 1.7, width, size * 1.7)
    this.paint.textAlign = 'left'
    this.paint.fillStyle = '#fff'
    this.write(`${name}  ${badge}`, x + size * 0.5, y + height - size * 0.6, size, 600, width - size)
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
    this.write(this.card.title, width / 2, height * 0.56, height * 0.085, 700, width * 0.9)
    this.write(this.card.line, width / 2, height * 0.68, height * 0.05, 400, width * 0.9)
  }

  private write(text: string, x: number, y: number, size: number, weight: number, widest: number): void {
    this.paint.font = `${weight} ${Math.round(size)}px ${FONT}`
    this.paint.fillText(text, x, y, widest)
  }

  private pixels([x, y, w, h]: Place): Place {
    const { width, height } = this.canvas
    return [Math.round(x * width), Math.round(y * height), Math.round(w * width), Math.round(h * height)]
  }
}
