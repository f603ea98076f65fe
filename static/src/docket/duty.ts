/* What a motion waits for, and which deeds are open to whom in its state. For what is offered only: the server judges. */
import { useRoom } from '@/room'
import type { Dispute, Motion, Roster } from '@/votes'
import { usePerson, useRoles, useTheirs } from './frame'

const DAY = 86_400_000
const DESK = ['secretary', 'admin']
const CHAIR = ['committee_chair', ...DESK]
/** As many supervisors open a confidential vote, and as many sign a count. */
export const TOGETHER = 2

export type Deed = 'draft' | 'check' | 'notice' | 'withdraw' | 'extend' | 'break_seal' | 'see' | 'sign' | 'count' | 'announce' | 'settle' | 'annul'

/** Something waited for: its word in the catalogue, until when, how many of how many, the deed that would end it. */
export interface Wait { word: string, until?: number | null, done?: number, deed?: Deed }

const ROLES: Record<Deed, string[]> = {
  draft: CHAIR, check: ['lawyer', ...DESK], notice: CHAIR, withdraw: CHAIR, extend: CHAIR,
  break_seal: ['tally_supervisor'], see: ['tally_supervisor'], sign: ['tally_supervisor'], settle: ['tally_supervisor'],
  count: DESK, announce: CHAIR, annul: DESK,
}

/** A chair does these for their own estate only. */
const OF_ESTATE: Deed[] = ['notice', 'withdraw', 'extend', 'announce']

export const isOver = (motion: Motion): boolean => ['final', 'withdrawn', 'annulled'].includes(motion.state)
/** Whether a count can be signed and written down now: the first one, or one made anew. */
export const isCounting = (motion: Motion): boolean => motion.unsealed_at !== null && (motion.state === 'closed' || (motion.recounting && motion.state === 'announced'))
export const roundNow = (motion: Motion): number => motion.rounds.length + 1
export const opened = (motion: Motion): boolean => motion.opened_at !== null

function waitsOfClosed(motion: Motion): Wait[] {
  if (motion.unsealed_at !== null) return waitsOfCount(motion)
  if (motion.mode === 'anonymous') return [{ word: 'slips' }]
  const papers: Wait[] = motion.waiting_for.map((word) => ({ word }))
  if (motion.mode === 'confidential' && motion.seal_breakers < TOGETHER) return [...papers, { word: 'seal', done: motion.seal_breakers, deed: 'break_seal' }]
  return papers.length ? papers : [{ word: 'unseal' }]
}

function waitsOfCount(motion: Motion): Wait[] {
  return motion.signatures < TOGETHER ? [{ word: 'sign', done: motion.signatures, deed: 'sign' }] : [{ word: 'count', deed: 'count' }]
}

function waitsOfAnnounced(motion: Motion): Wait[] {
  if (motion.recounting) return waitsOfCount(motion)
  const open = motion.disputes.filter((one) => one.outcome === null)
  return open.length ? [{ word: 'disputes', done: open.length, deed: 'settle' }] : [{ word: 'posting', until: motion.posted_until }]
}

/** What keeps a motion where it is, first things first; nothing once it is over. */
export function waitsOf(motion: Motion, rosters: Roster[]): Wait[] {
  switch (motion.state) {
    case 'drafted': return [{ word: 'check', deed: 'check' }]
    case 'checked': return frozenFor(motion, rosters).length ? [{ word: 'notice', deed: 'notice' }] : [{ word: 'roster' }]
    case 'noticed': return motion.waiting_for.length
      ? motion.waiting_for.map((one) => ({ word: one, until: motion.opens_at }))
      : [{ word: 'opens', until: motion.opens_at }]
    case 'open': return [{ word: 'closes', until: motion.closes_at }]
    case 'closed': return waitsOfClosed(motion)
    case 'counted': return [announcing(motion)]
    case 'announced': return waitsOfAnnounced(motion)
    default: return []
  }
}

function announcing(motion: Motion): Wait {
  const days = motion.rules.announce_days
  const last = motion.rounds[motion.rounds.length - 1]
  return days && last ? { word: 'announce_by', until: last.at + days * DAY, deed: 'announce' } : { word: 'announce', deed: 'announce' }
}

/** The rosters a motion of this estate may rest on, the newest first. */
export const frozenFor = (motion: Motion, rosters: Roster[]): Roster[] =>
  rosters.filter((one) => one.estate === motion.estate && one.versions.length).sort((a, b) => (a.id < b.id ? 1 : -1))

function stands(deed: Deed, motion: Motion, rosters: Roster[]): boolean {
  const { state } = motion
  switch (deed) {
    case 'draft': return state === 'drafted' && motion.drafted === true
    case 'check': return state === 'drafted' && !motion.drafted
    case 'notice': return state === 'checked' && frozenFor(motion, rosters).length > 0
    case 'withdraw': return ['drafted', 'checked', 'noticed'].includes(state)
    case 'extend': return state === 'open' && motion.extends_to !== null && motion.closes_at !== motion.extends_to
    case 'break_seal': return state === 'closed' && motion.mode === 'confidential' && motion.unsealed_at === null
    case 'see': return motion.unsealed_at !== null
    case 'sign': return isCounting(motion)
    case 'count': return isCounting(motion) && motion.signatures >= TOGETHER
    case 'announce': return state === 'counted'
    case 'settle': return motion.disputes.some((one) => one.outcome === null)
    case 'annul': return state === 'final'
  }
}

export interface Duty {
  /** Whether the one before the screen may do this now. */
  may: (deed: Deed, motion: Motion) => boolean
  /** Whether this objection to a result is theirs to answer. */
  maySettle: (motion: Motion, one: Dispute) => boolean
  mayDraft: () => boolean
  waits: (motion: Motion) => Wait[]
  /** Whether something waited for is theirs to do. */
  mine: (motion: Motion) => boolean
}

export function useDuty(): Duty {
  const { store } = useRoom()
  const holds = useRoles()
  const isTheirs = useTheirs()
  const person = usePerson()
  const watcher = (motion: Motion): NonNullable<Motion['watching']>[number] | undefined => motion.watching?.find((one) => one.person === person.value)
  const maySettle = (motion: Motion, one: Dispute): boolean => holds(...ROLES.settle) && !!watcher(motion) && one.outcome === null && one.by !== person.value

  function may(deed: Deed, motion: Motion): boolean {
    if (!holds(...ROLES[deed]) || !stands(deed, motion, store.all('roster'))) return false
    if (OF_ESTATE.includes(deed) && !isTheirs(motion.estate, motion.drafted)) return false
    if (!['break_seal', 'see', 'sign', 'settle'].includes(deed)) return true
    const me = watcher(motion)
    if (!me || (deed === 'break_seal' && me.broke) || (deed === 'sign' && me.signed)) return false
    return deed !== 'settle' || motion.disputes.some((one) => maySettle(motion, one))
  }

  const waits = (motion: Motion): Wait[] => waitsOf(motion, store.all('roster'))
  return {
    may, maySettle, waits,
    mayDraft: () => holds(...ROLES.draft),
    mine: (motion) => waits(motion).some((one) => one.deed !== undefined && may(one.deed, motion)),
  }
}
