/* The ballots this browser cast, kept until they are answered and as receipts for ever after. One drawer for each, so
   that two pages never overwrite one another. What was chosen is nowhere else: no server tells it back. */
import { shallowRef } from 'vue'
import type { Choice, Mode, Motion } from '@/votes'

/** sending: no answer yet; in: taken; refused: not counted, `refused` says why. */
export interface KeptBallot {
  id: string
  record: string
  motion: string
  /** Who cast it: a phone is lent in a family, and a choice is shown to nobody else. */
  person: string
  title: string
  mode: Mode
  /** Whether it decides anything: a receipt calls itself what it is. */
  binding?: Motion['binding']
  unit: string
  /** The units in words. */
  label: string
  choice: Choice
  nonce: string
  /** The motion's digest and the unit's leaf: with choice and nonce they make the receipt. */
  digest: string
  leaf: string
  made: number
  closes: number | null
  state: 'sending' | 'in' | 'refused'
  /** The server's time of taking it. */
  at?: number
  code?: string
  /** Whether the receipt is the one this very ballot must give. */
  genuine?: boolean
  refused?: { code: string, [detail: string]: unknown }
  sign?: { url: string, rows: string[] }
}

const PREFIX = 'sun.ballot.'
const memory = new Map<string, KeptBallot>()

/** All ballots cast here, the newest last. */
export const ballots = shallowRef<KeptBallot[]>([])
/** This browser keeps nothing over a closed page. */
export const forgetful = shallowRef(false)

/** One that cannot be read hides no other. */
function drawer(key: string): KeptBallot | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as KeptBallot | null
  } catch {
    return null
  }
}

function read(): KeptBallot[] {
  const found = new Map<string, KeptBallot>()
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const one = drawer(key)
      if (one?.id && one.nonce) found.set(one.id, one)
    }
  } catch {
    forgetful.value = true
  }
  /* What could not be written is newer than what lies there. */
  memory.forEach((one) => found.set(one.id, one))
  return Array.from(found.values()).sort((a, b) => a.made - b.made)
}

const refresh = (): void => { ballots.value = read() }

/** Keep a ballot as it is now. */
export function keepBallot(one: KeptBallot): void {
  memory.set(one.id, one)
  try {
    localStorage.setItem(PREFIX + one.id, JSON.stringify(one))
    memory.delete(one.id)
  } catch {
    forgetful.value = true
  }
  refresh()
}

/** Add to a ballot what became known; nothing happens where it is not kept. */
export function learn(id: string, more: Partial<KeptBallot>): void {
  const held = read().find((one) => one.id === id)
  if (held) keepBallot({ ...held, ...more })
}

refresh()
/* Another page of this browser has cast, or heard the answer. */
addEventListener('storage', (event) => { if (!event.key || event.key.startsWith(PREFIX)) refresh() })
