/* What the things of a meeting look like on the wire (docs/protocol.md). Shapes only: no rule lives here. */

export type Phase =
  | 'draft' | 'announced' | 'postponed' | 'cancelled' | 'lobby' | 'live' | 'paused'
  | 'ended' | 'minutes_review' | 'published' | 'archived'

/** How a person is shown to others. */
export type Way = 'real' | 'building' | 'anonymous'

/** The person of this session, as the answer to `join` says. */
export interface Me {
  person: string | null
  roles: string[]
  eye: 'public' | 'staff'
  named: boolean
  /** The kind of person, for the review of what they write. */
  voice?: Voice | 'unproved'
  proved: boolean
  name?: string
  shown?: string | null
  way?: Way | null
  /** How each way of being shown would read. */
  labels?: Partial<Record<Way, string>>
  unit?: string | null
  /** Units this person said or proved to belong to. */
  homes?: { unit: string, name: string, proved: boolean }[]
  community?: { id: string, name: string } | null
}

export interface Meeting {
  id: string
  title: string
  number: string | null
  phase: Phase
  starts_at: number | null
  started_at: number | null
  ended_at: number | null
  planned_minutes: number | null
  venue: string | null
  convener: string | null
  host: string | null
  parties: string[]
  attending: string[]
  review_questions: string
  review_comments: string
  questions_open: boolean
  comments_open: boolean
  watch: 'public' | 'code' | 'estate'
  code: string | null
  unproved_may_speak: boolean
  estate: string
  answer_days: number | null
  publish_on: number | null
  published_at: number | null
  notice: string | null
  cause: string | null
  lobby_minutes: number | null
  sample: boolean
}

export interface Person {
  id: string
  name?: string
  role?: string
  badge?: string | null
  title?: string | null
  shown?: string
  muted?: boolean
  muted_until?: number | null
  mute_reason?: string | null
}

/** A step of the ladder of order, as the staff and its receiver see it. */
export interface Penalty {
  id: string
  sort: 'warning' | 'slow' | 'mute' | 'term'
  reason: string
  at: number
  until: number | null
  seconds: number | null
  state: 'proposed' | 'declined' | 'standing' | 'lifted' | 'replaced'
  elsewhere: boolean
  why: string | null
  ended_at: number | null
  appeal: string | null
  appealed_at: number | null
  due: number | null
  outcome: 'upheld' | 'dismissed' | null
  answer: string | null
  /** Own eye. */
  may_appeal?: boolean
  /** Staff. */
  person?: string
  shown?: string
  by?: string[]
  decided_by?: string | null
}

/** Something this person was told of their own. */
export interface Message {
  id: string
  at: number
  word: string
  about: string | null
  text: string | null
  reason: string | null
  answer: string | null
  until: number | null
  seconds: number | null
  withdrawn: boolean
}

export interface AgendaItem {
  id: string
  kind: string
  title: string
  minutes: number
  lead: string | null
  lead_name: string | null
  position: number
  state: 'waiting' | 'open' | 'done'
  opened_at: number | null
  closed_at: number | null
  used_ms: number
}

export type QuestionState =
  | 'pending_review' | 'appealed' | 'queued' | 'on_air' | 'answered' | 'answered_written'
  | 'merged' | 'deferred' | 'converted' | 'hidden' | 'rejected' | 'withdrawn' | 'appealed'

export interface Question {
  id: string
  number: number | null
  kind: 'ask' | 'report' | 'suggest'
  text: string
  shown: string
  channel: string
  to: string | null
  state: QuestionState
  at: number
  pinned: boolean
  assigned: string | null
  /** Whoever handed it on to the one it is assigned to. */
  handed_by?: string | null
  label?: string | null
  merged_into: string | null
  on_air_at: number | null
  ended_at: number | null
  /** Until when it is answered in writing. */
  due: number | null
  /** The date first named for it; `due` is later where it was put off. */
  promised?: number | null
  slip: string | null
  answer_ids: string[]
  edited: boolean
  /** Own eye and staff: what its author says against its having been merged; whether another left it so. */
  objection?: string | null
  merge_kept?: boolean
  /** Own eye. */
  mine?: boolean
  raw?: string
  reason?: string | null
  appeal?: string | null
  appeal_due?: number | null
  outcome?: 'upheld' | 'dismissed' | null
  answer?: string | null
  /** Staff. */
  person?: string
  verified?: boolean
  reviewed_by?: string | null
  appealed_at?: number | null
  reports?: number
  report_kinds?: Record<string, number>
  /** What the word lists found: pieces of the text, what follows, of which kinds. */
  held?: string[]
  verdict?: 'watch' | 'hold' | 'block'
  kinds?: string[]
  /** In delayed review: when it goes out by itself. */
  due_at?: number | null
  /** After the end: until when the desk owes a decision. */
  decide_by?: number | null
  /** Laid over by this browser until the record has it: never on the wire. */
  unsent?: boolean
}

/** What became of a question handed over, under the question's id. */
export interface Slip {
  id: string
  number: number
  slip: string
  at: number
  result: 'resolved' | 'task' | 'mediation' | 'referred' | 'infeasible' | null
  text: string
  told_at: number | null
  role: string
  version: number
}

export interface Label { id: string, title: string }
export type Reviewing = 'before' | 'delayed' | 'after'
export type Voice = 'resident' | 'badge'
/** How texts are reviewed, who switched last and when; `cause` where it fell back by itself. */
export interface Review extends Record<'questions' | 'comments', Record<Voice, Reviewing>> {
  name: string
  at: number | null
  cause: 'left' | 'away' | 'dismissed' | null
  on_duty: number
  /** Staff: who keeps watch. */
  watch?: { person: string, name: string, since: number }[]
}
/** What is stopped for everybody; there only while something is. */
export interface Halt { words: boolean, picture: boolean, reason: string, name: string, since: number }
export interface Score { votes: number }
export interface Queue { order: string[], locked: string[], mode: 'support' | 'hand' }
export interface Cite { law: string, article: string }

export interface Answer {
  id: string
  question: string
  by: string
  name: string
  role: string
  badge: string | null
  title: string | null
  verb: 'reply' | 'explain' | 'advise' | null
  started_at: number | null
  stopped_at: number | null
  at: number
  text: string | null
  cites: Cite[]
  written: boolean
  corrected: boolean
}

export interface Comment {
  id: string
  due_at?: number | null
  text: string
  shown: string
  at: number
  state?: string
  reason?: string | null
  person?: string
  reports?: number
  report_kinds?: Record<string, number>
  appeal?: string | null
  appeal_due?: number | null
  appealed_at?: number | null
  removed_by?: string | null
  outcome?: 'upheld' | 'dismissed' | null
  answer?: string | null
  verified?: boolean
  held?: string[]
  verdict?: 'watch' | 'hold' | 'block'
  kinds?: string[]
  mine?: boolean
  unsent?: boolean
}

export interface Discussion { pause_seconds: number, count: number }

export interface Poll {
  id: string
  question: string
  options: string[]
  per: 'person' | 'household'
  state: 'draft' | 'open' | 'closed'
  opened_at: number | null
  closes_at: number | null
  closed_at: number | null
  voters: number
  counts: number[] | null
  live: boolean
  minutes: number | null
  sort: 'single' | 'multiple' | 'scale'
  /** Of several: how many may be chosen. */
  most: number
  scale: { low: number, high: number, low_words: string, high_words: string } | null
  /** How much later it closes for the slowest viewer. */
  delay_ms: number
  /** Tenths of a percent of `voters`. */
  shares: number[] | null
  /** Hundredths of a point. */
  mean: number | null
  spread: number | null
  hands: Hands | null
}

/** Hands counted in the hall by two people; `differ` are the options they counted differently, -1 those present. */
export interface Hands {
  state: 'one' | 'differs' | 'agreed'
  round: number
  differ: number[]
  column: { counts: number[], base: number, shares: number[], mean: number | null, spread: number | null } | null
}

export interface Caption {
  id: string
  speaker: string | null
  speaker_name: string | null
  text: string
  at: number
  corrected: boolean
  /** Recognised by a program, looked at by nobody yet. */
  heard: boolean
  item: string | null
  question: string | null
}

export interface Outcome {
  id: string
  kind: 'consensus' | 'resolution' | 'commitment' | 'suggestion' | 'explanation' | 'referral'
  text: string
  responsible: string | null
  until: number | null
  question: string | null
  item: string | null
  reservations: { name: string, text: string }[]
  at: number
  version: number
}

export interface Stream { state: 'offline' | 'live' | 'interrupted' | 'held' | 'ended', since: number | null, cause: string | null, recorded?: boolean }
/** Somebody's way to the stage, as staff and that person see it. */
export interface Seat {
  person: string
  name: string
  role: string
  badge: string | null
  state: 'raised' | 'invited' | 'waiting' | 'on'
  sound_only: boolean
  muted: boolean
  at: number
}
/** Who is on the stage, as everybody sees it. */
export interface OnStage { on: { name: string, role: string, badge: string | null, sound_only: boolean }[] }
export interface Audience { applause: number, unique: number, peak: number }

/** What only I see of myself. */
export interface Mine {
  supports: string[]
  /** By poll: the option, several of them, or the number on the scale. */
  choices: Record<string, number | number[]>
  /** By poll: the round in which I counted hands. */
  counted?: Record<string, number>
  way: Way | null
  shown: string | null
  muted: boolean
  muted_until: number | null
  mute_reason: string | null
  suspended_until: number | null
  suspend_reason: string | null
  pause_seconds: number
  pause_reason: string | null
  slow_until: number | null
}

/** Every kind of thing by the word before the colon of its name. */
export interface Kinds {
  meeting: Meeting
  person: Person
  agenda_item: AgendaItem
  question: Question
  label: Label
  score: Score
  slip: Slip
  queue: Queue
  answer: Answer
  comment: Comment
  discussion: Discussion
  poll: Poll
  caption: Caption
  outcome: Outcome
  stream: Stream
  seat: Seat
  stage: OnStage
  audience: Audience
  review: Review
  halt: Halt
  penalty: Penalty
  message: Message
  mine: Mine
}
export type Kind = keyof Kinds

/** name of a thing → what it looks like now; null: no longer there. */
export type ThingSet = Record<string, object | null>

export interface Patch { record: string, from: number, to: number, set: ThingSet }
export interface OwnPatch { record: string, at: number, set: ThingSet }

/** What a screen wants done: a command without its record. */
export interface Wish { type: string, [field: string]: unknown }

/** What the server answered. */
export type Ack = { ok: true, seq: number } | { ok: false, code: string, [detail: string]: unknown }

/** A wish on its way. `seq` is set once the record has it. */
/** `person`: whose wish it is, empty where nobody had come in. */
export interface Intent { key: string, wish: Wish, at: number, person: string, seq?: number }
