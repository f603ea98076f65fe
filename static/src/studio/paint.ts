/* Small things that everything drawn on the programme's canvas needs. */

export const FONT = '"PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'

/** Left, top, width, height. */
export type Place = [number, number, number, number]

/** A picture's own size in pixels; zeros while it has nothing to show. */
export function sizeOf(picture: CanvasImageSource): [number, number] {
  if (picture instanceof HTMLVideoElement) return picture.srcObject !== null && picture.readyState >= 2 ? [picture.videoWidth, picture.videoHeight] : [0, 0]
  if (picture instanceof HTMLImageElement) return picture.complete ? [picture.naturalWidth, picture.naturalHeight] : [0, 0]
  if ('displayWidth' in picture) return [picture.displayWidth, picture.displayHeight]
  const { width, height } = picture
  return typeof width === 'number' && typeof height === 'number' ? [width, height] : [0, 0]
}

/** The text cut so that it is no wider; what was cut is shown by three dots. */
export function cutTo(paint: CanvasRenderingContext2D, text: string, width: number): string {
  if (paint.measureText(text).width <= width) return text
  const letters = Array.from(text)
  while (letters.length && paint.measureText(`${letters.join('')}…`).width > width) letters.pop()
  return `${letters.join('')}…`
}

/** The text in lines no wider than this, at most so many; the last one says by three dots that more follows. */
export function lines(paint: CanvasRenderingContext2D, text: string, width: number, most: number): string[] {
  const found: string[] = []
  let rest = Array.from(text)
  while (rest.length && found.length < most - 1) {
    let end = rest.length
    while (end > 1 && paint.measureText(rest.slice(0, end).join('')).width > width) end -= 1
    found.push(rest.slice(0, end).join(''))
    rest = rest.slice(end)
  }
  if (rest.length) found.push(cutTo(paint, rest.join(''), width))
  return found
}
