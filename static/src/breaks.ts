/* Where a sentence of Chinese may break: after its punctuation, so that lines end where a speaker would breathe. */

const PIECE = /[^，。？！；：,.?!;:]+[，。？！；：,.?!;:]*/g
const LONGEST = 18

/** The pieces of a sentence; one piece where breaking would leave long or lonely ones. */
export function pieces(text: string): string[] {
  const found = text.match(PIECE) ?? [text]
  return found.some((piece) => piece.length > LONGEST || piece.length < 3) ? [text] : found
}
