/* Word lists as the server tells them, and a line cut where it was hit. */

export interface Phrase {
  list: string, text: string, kind: string, sounds: boolean, initials: boolean, besides: string[]
  owner: string, reason: string, since: number, until: number | null
}
export interface WordLists { own: boolean, n: number, version: string, changed_at: number | null, phrases: Phrase[], kinds: string[] }
export interface Unfit { line: number, text: string, why: string }
export interface Hit { list: string, phrase: string, kind: string, by: string, start: number, end: number }
export interface Answer { verdict: string, public: string, hits: Hit[] }

/** The line in pieces, those that were hit marked. Places count signs as the server does, not UTF-16 units. */
export function pieces(line: string, hits: readonly Hit[]): { text: string, hit: boolean }[] {
  const signs = [...line]
  const struck = signs.map((_, place) => hits.some((hit) => hit.start <= place && place < hit.end))
  const found: { text: string, hit: boolean }[] = []
  signs.forEach((sign, place) => {
    const last = found[found.length - 1]
    if (last && last.hit === struck[place]) last.text += sign
    else found.push({ text: sign, hit: struck[place]! })
  })
  return found
}
