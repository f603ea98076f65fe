/* A text with what to look at marked: words the filter held, and what was masked. */

export interface Piece { text: string, mark: '' | 'hit' | 'pii' }

const MASKED = /[0-9A-Z·-]*\*{3,}[0-9]*/g

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function split(pieces: Piece[], pattern: RegExp, mark: Piece['mark']): Piece[] {
  return pieces.flatMap((piece) => {
    if (piece.mark) return [piece]
    const parts: Piece[] = []
    let from = 0
    for (const found of piece.text.matchAll(pattern)) {
      if (!found[0]) continue
      parts.push({ text: piece.text.slice(from, found.index), mark: '' }, { text: found[0], mark })
      from = found.index + found[0].length
    }
    return [...parts, { text: piece.text.slice(from), mark: '' as const }].filter((part) => part.text)
  })
}

export function marked(text: string, held: readonly string[] = []): Piece[] {
  const whole: Piece[] = [{ text, mark: '' }]
  const hits = held.length ? split(whole, new RegExp(held.map(escaped).join('|'), 'g'), 'hit') : whole
  return split(hits, MASKED, 'pii')
}

export const hidesSomething = (text: string): boolean => text.search(MASKED) >= 0
