/* Where a sentence of Chinese may break: after its punctuation, so that lines end where a speaker would breathe. */

const PIECE = /[^，。？！；：,.?!;:]+[，。？！；：,.?!;:]*/g
const LONGEST = 18

/** The pieces of a title: it breaks before the name of the council. */
export function titlePieces(title: string, name: string): string[] {
  const at = title.indexOf(name)
  return at > 0 ? [title.slice(0, at), title.slice(at)] : [title]
}

/** Whether a piece is short enough to stay on one line of the narrowest phone. */
export const isWhole = (piece: string): boolean => piece.length <= 12

/** The pieces of a sentence; one piece where breaking would leave long or lonely ones. */
export function pieces(text: string): string[] {
  const found = text.match(PIECE) ?? [text]
  return found.some((piece) => piece.length > LONGEST || piece.length < 3) ? [text] : found
}
