/* Digests as the record makes them (meetings/docket/digests.py): canonical JSON, SHA-256, trees of leaves, receipt codes.
   Written out because crypto.subtle is there over HTTPS alone, and a receipt has to be checked in every hall. */

const ROUND = new Uint32Array(64)
const START = new Uint32Array(8)

/** The first bits of the fractional parts of roots of primes, as FIPS 180-4 asks. */
function fill(): void {
  const bits = (root: number): number => ((root - Math.floor(root)) * 0x100000000) | 0
  let found = 0
  for (let number = 2; found < 64; number += 1) {
    let prime = true
    for (let part = 2; part * part <= number; part += 1) if (number % part === 0) prime = false
    if (!prime) continue
    if (found < 8) START[found] = bits(Math.sqrt(number))
    ROUND[found] = bits(Math.cbrt(number))
    found += 1
  }
}
fill()

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** SHA-256 of some bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 0x20000000))
  view.setUint32(whole.length - 4, bytes.length << 3)
  const state = Uint32Array.from(START)
  const words = new Uint32Array(64)
  for (let place = 0; place < whole.length; place += 64) block(view, place, words, state)
  const made = new Uint8Array(32)
  state.forEach((word, index) => new DataView(made.buffer).setUint32(index * 4, word))
  return made
}

function block(view: DataView, place: number, words: Uint32Array, state: Uint32Array): void {
  for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(place + i * 4)
  for (let i = 16; i < 64; i += 1) {
    const [early, late] = [words[i - 15]!, words[i - 2]!]
    const low = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)
    const high = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10)
    words[i] = words[i - 16]! + low + words[i - 7]! + high
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i += 1) {
    const chosen = (e & f) ^ (~e & g)
    const most = (a & b) ^ (a & c) ^ (b & c)
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + ROUND[i]! + words[i]!) | 0
    const other = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, index) => { state[index] = state[index]! + word })
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('')

/** The bytes of a text in hex; an empty text has none. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.length
  }
  return whole
}

/** JSON with sorted keys, without spaces, in UTF-8. Of numbers whole ones alone have one form: give no others. */
export function canonical(value: unknown): Uint8Array {
  return new TextEncoder().encode(sorted(value))
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, held]) => `${JSON.stringify(name)}:${sorted(held)}`).join(',')}}`
}

/** SHA-256 over a word and the canonical form of a value, in hex. */
export function digestOf(value: unknown, word = ''): string {
  return hex(sha256(joined(new TextEncoder().encode(word), canonical(value))))
}

/** The leaf for a value; `salt` in hex. */
export function leafOf(value: unknown, salt = ''): string {
  return hex(sha256(joined(Uint8Array.of(0), bytesOf(salt), canonical(value))))
}

function node(left: string, right: string): string {
  return hex(sha256(joined(Uint8Array.of(1), bytesOf(left), bytesOf(right))))
}

/** The root over leaves in their order. A node left over at the end of a level moves up as it is. */
export function rootOf(leaves: string[]): string {
  if (!leaves.length) return hex(sha256(new Uint8Array()))
  let level = leaves
  while (level.length > 1) {
    const above: string[] = []
    for (let place = 0; place < level.length; place += 2) {
      const right = level[place + 1]
      above.push(right === undefined ? level[place]! : node(level[place]!, right))
    }
    level = above
  }
  return level[0]!
}

/** The root to which these steps lead from a leaf. */
export function rootFrom(leaf: string, steps: { digest: string, left: boolean }[]): string {
  return steps.reduce((at, step) => (step.left ? node(step.digest, at) : node(at, step.digest)), leaf)
}

/** What a ballot commits to: the motion's digest, the leaf of the unit, the choice, the phone's own 128 bits. */
export const commitmentOf = (motion: string, unit: string, choice: string, nonce: string): string =>
  digestOf({ motion, unit, choice, nonce }, 'b')

/** The leaf of a ballot in the public list. */
export const leafOfBallot = (motion: string, ballot: string, unit: string, commitment: string): string =>
  leafOf({ motion, ballot, unit, commitment })

/** The name of the slip of an anonymous poll. */
export const slipOf = (motion: string, ballot: string, nonce: string): string => digestOf({ motion, ballot, nonce }, 'slip')

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The receipt code of a leaf: its first 80 bits in four groups of four letters. */
export function codeOf(leaf: string): string {
  let bits = ''
  for (const byte of bytesOf(leaf.slice(0, 20))) bits += byte.toString(2).padStart(8, '0')
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => LETTERS[parseInt(five, 2)]!)
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}
