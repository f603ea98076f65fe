/* What the things of a docket look like on the wire (docs/protocol.md). Shapes only: no rule lives here. */

export type MotionState =
  | 'drafted' | 'checked' | 'noticed' | 'open' | 'closed' | 'counted' | 'announced' | 'final' | 'withdrawn' | 'annulled'
export type Choice = 'agree' | 'against' | 'abstain'
export type Mode = 'named' | 'confidential' | 'anonymous'
export type Binding = 'advisory' | 'statutory'

/** A line of art. 278: part/whole, reached with equality where `inclusive`. */
export interface Threshold { part: number, whole: number, inclusive: boolean }

/** What a place's law and an estate's rules ask; a figure that is not there is not known. */
export interface RuleSet {
  name: string, version: number
  notice_days?: number, window_least_days?: number, window_most_days?: number, announce_days?: number, posting_days?: number
  paper?: 'always' | 'on_request', platform?: 'own' | 'city', extension?: boolean, permits?: string
  sources?: Record<string, string>
}

/** Both shares of one line: fractions are exact, percentages are for the eye. */
export interface Shares { area: string, heads: string, area_percent: string, heads_percent: string }

export interface Result {
  outcome: 'invalid_roster' | 'no_quorum' | 'passed' | 'rejected' | null
  total_area?: string, total_heads?: number
  participating_area?: string, participating_heads?: number
  agree_area?: string, agree_heads?: number
  against_area?: string, against_heads?: number
  abstain_area?: string, abstain_heads?: number
  quorum_area_met?: boolean, quorum_heads_met?: boolean
  approval_area_met?: boolean, approval_heads_met?: boolean
  spoiled?: { area: string, heads: number }
  /** Ballots that did not come back and count by the estate's own rule. */
  presumed?: { area: string, heads: number }
  presumed_as?: string | null
  shares?: Record<'quorum' | Choice, Shares>
  [more: string]: unknown
}

export interface Round { number: number, at: number, digest: string, root: string, result: Result, signatures: number, reason: string | null, withheld?: boolean }

export interface Dispute {
  id: string, at: number, outcome: 'dismissed' | 'recount' | null, answer: string | null
  /** Staff. */
  by?: string, text?: string
}

export interface Motion {
  id: string, estate: string, title: string, text: string, item: number
  scope_building: string | null, scope_stair: string | null
  binding: Binding, mode: Mode
  policy: { nonreturned: string, spoiled: string, count_parking: boolean, revote: 'reject' | 'last', [more: string]: unknown }
  nonreturned_rule: string | null, paper: boolean, city_reference: string | null
  state: MotionState, options: Choice[]
  item_class: 'general' | 'special', class_warning: 'use_not_raise' | 'raise_not_use' | null
  quorum: Threshold, approval: Threshold, missing: string[], rules: RuleSet
  drafted_at: number, checked_at: number | null, noticed_at: number | null
  opens_at: number | null, closes_at: number | null, extends_to: number | null, opened_at: number | null, closed_at: number | null
  roster: string | null, roster_version: number | null, root: string | null, digest: string | null
  supervisors: string[], waiting_for: string[]
  total: { heads: number, area: string }
  turnout: { heads: number, area: string, heads_met: boolean, area_met: boolean, channels: Record<string, number> }
  seal_breakers: number, signatures: number, unsealed_at: number | null
  rounds: Round[], recounting: boolean
  /** Papers turned away, by the reason; entries put right in a recount, by their receipts. */
  refused: Record<string, number>, corrections: { at: number, before: string, after: string, reason: string }[]
  outcome: Result['outcome'], provisional: boolean
  announced_at: number | null, posted_until: number | null, disputes: Dispute[], final_at: number | null
  ended_because: string | null, document: string | null
  /** Own eye: I drafted it. */
  drafted?: boolean
  /** Staff: who watches its count, and what each has done. */
  watching?: { person: string, name: string, broke: boolean, signed: boolean }[]
}

export interface Roster {
  id: string, estate: string, state: 'published' | 'frozen', published_at: number, until: number
  total: { units: number, heads: number, area_c: number }
  versions: { version: number, root: string, at: number }[], objections_waiting: number
}
export interface Objection { id: string, roster: string, unit: string | null, text: string, at: number, state: string, answer: string | null, answered_at: number | null }
export interface EstateRules { id: string, estate: string, at: number, rules: RuleSet }
export interface Receipt {
  id: string, motion: string, unit: string, at: number, seq: number, channel: string
  commitment: string, leaf: string, code: string, replaced_by: string | null
}
export interface PaperBallot {
  id: string, motion: string, unit: string, number: string, entered_by: string, entered_at: number, state: string, confirmed_by: string | null
  /** The receipt's code, once it is a ballot; why it is none, where it was taken back or refused. */
  code?: string | null, reason?: string | null
}
export interface Correction { id: string, motion: string, paper: string, unit: string, number: string, entered_by: string, entered_at: number, reason: string, state: string, confirmed_by: string | null }
export interface Proxy {
  id: string, motion: string, unit: string, authority: string, until: number | null, revoked: boolean
  principal?: string, name?: string, written?: boolean, letter?: string | null, agent?: string | null
}
export interface Service { id: string, units: number }

declare module './things' {
  interface Kinds {
    motion: Motion
    roster: Roster
    objection: Objection
    rules: EstateRules
    ballot: Receipt
    paper: PaperBallot
    correction: Correction
    proxy: Proxy
    service: Service
  }
}
