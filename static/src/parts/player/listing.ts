/* A live playlist as this server writes it: what is listed, and when each piece was taken. Reads no more than that. */

export interface Piece {
  /** Its number among all that were ever listed. */
  n: number
  url: string
  init: string
  /** When it was taken, ms UTC. */
  wall: number
  seconds: number
}

export interface Listing {
  pieces: Piece[]
  ended: boolean
}

/** Throws where the text is no playlist, or dates nothing. */
export function listingOf(text: string, base: string): Listing {
  if (!text.startsWith('#EXTM3U')) throw new Error('no playlist')
  const at = (name: string): string => new URL(name, base).href
  const pieces: Piece[] = []
  let [n, wall, seconds, init] = [0, NaN, 0, '']
  for (const line of text.split('\n')) {
    const [, tag, said = ''] = /^#EXT([A-Z-]*):?(.*)$/.exec(line) ?? []
    if (tag === '-X-MEDIA-SEQUENCE') n = Number(said)
    else if (tag === '-X-MAP') init = at(/URI="([^"]*)"/.exec(said)?.[1] ?? '')
    else if (tag === '-X-PROGRAM-DATE-TIME') wall = Date.parse(said)
    else if (tag === 'INF') seconds = Number.parseFloat(said)
    else if (line && !line.startsWith('#')) {
      if (!(wall > 0) || !(seconds > 0) || !init) throw new Error('undated')
      pieces.push({ n, url: at(line), init, wall, seconds })
      n += 1
      wall += seconds * 1000
    }
  }
  return { pieces, ended: text.includes('#EXT-X-ENDLIST') }
}

/** What a SourceBuffer must be told of the tracks an initialisation segment declares. */
export function typeOf(init: Uint8Array): string {
  const find = (name: string): number => {
    const [a, b, c, d] = Array.from(name, (letter) => letter.charCodeAt(0))
    for (let i = 0; i + 8 <= init.length; i += 1) {
      if (init[i] === a && init[i + 1] === b && init[i + 2] === c && init[i + 3] === d) return i
    }
    return -1
  }
  const avcc = find('avcC')
  const hex = avcc < 0 ? '' : Array.from(init.slice(avcc + 5, avcc + 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const codecs = [hex && `avc1.${hex}`, find('mp4a') < 0 ? '' : 'mp4a.40.2'].filter(Boolean)
  return `${hex ? 'video' : 'audio'}/mp4; codecs="${codecs.join(',')}"`
}
