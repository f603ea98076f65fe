/* The words of a meeting, generated from meetings/ by `python3 -m server words`. Never edited by hand. */

export const ROLES = [
  'admin',
  'auditor',
  'committee_chair',
  'cppcc_member',
  'grid_keeper',
  'guest',
  'host',
  'lawyer',
  'moderator',
  'npc_deputy',
  'official',
  'owner',
  'property_manager',
  'resident',
  'resident_rep',
  'screen',
  'secretary',
  'system',
  'tally_supervisor',
  'technician',
  'tenant',
  'unit_officer',
] as const

export type Role = (typeof ROLES)[number]

export const PHASES = [
  'draft',
  'announced',
  'postponed',
  'cancelled',
  'lobby',
  'live',
  'paused',
  'ended',
  'minutes_review',
  'published',
  'archived',
] as const

export type Phase = (typeof PHASES)[number]

export const REFUSALS = [
  'unclear',
  'too_large',
  'too_fast',
  'forbidden',
  'not_found',
  'not_open',
  'wrong_state',
  'taken',
  'own_question',
  'slow_down',
  'muted',
  'unverified',
  'merge_cycle',
  'changed',
  'too_late',
  'busy',
  'unavailable',
  'storage_full',
] as const

export type Refusal = (typeof REFUSALS)[number]

export const KINDS = [
  'agenda_item',
  'answer',
  'audience',
  'caption',
  'comment',
  'discussion',
  'findings',
  'halt',
  'label',
  'meeting',
  'motion',
  'objection',
  'outcome',
  'paper',
  'penalty',
  'person',
  'poll',
  'proxy',
  'question',
  'questionnaire',
  'questionnaire_sheet',
  'queue',
  'recording',
  'review',
  'roster',
  'rules',
  'score',
  'seat',
  'service',
  'slip',
  'stage',
  'stream',
] as const

export type Kind = (typeof KINDS)[number]

export const LIMITS = {
  answer_limit: 4000,
  article_limit: 40,
  asked_limit: 120,
  asked_most: 20,
  asked_texts_most: 5,
  caption_limit: 500,
  captions_kept: 400,
  choice_limit: 60,
  choices_least: 2,
  choices_most: 12,
  cites_most: 10,
  comment_limit: 200,
  comments_kept: 300,
  delay_most: 60000,
  ends_limit: 12,
  few_most: 4,
  findings_most: 20,
  gone_kept: 2000,
  hands_most: 5000,
  items_most: 60,
  label_limit: 12,
  labels_most: 12,
  minutes_most: 600,
  mute_hours_most: 12,
  name_limit: 24,
  number_most: 1000000,
  option_limit: 60,
  options_least: 2,
  options_most: 8,
  outcome_limit: 1000,
  outcomes_most: 200,
  pause_most: 600,
  poll_minutes_most: 120,
  polls_most: 50,
  question_limit: 200,
  reason_limit: 200,
  reservation_limit: 500,
  reservations_most: 40,
  said_limit: 300,
  scale_words_limit: 20,
  seats_most: 200,
  slow_most: 600,
  stage_most: 6,
  steps_least: 3,
  steps_most: 10,
  term_days_most: 366,
  text_kept: 40,
  title_limit: 80,
  veils_kept: 200,
} as const

/** The words a field takes, by command and field. */
export const CHOICES = {
  'agenda.add.kind': ['briefing', 'claiming', 'closing', 'consensus', 'explanation', 'law_talk', 'opening', 'poll', 'questions', 'speech'],
  'agenda.edit.kind': ['briefing', 'claiming', 'closing', 'consensus', 'explanation', 'law_talk', 'opening', 'poll', 'questions', 'speech'],
  'answer.start.verb': ['advise', 'explain', 'reply'],
  'answer.write.verb': ['advise', 'explain', 'reply'],
  'ballot.cast.choice': ['abstain', 'against', 'agree'],
  'comment.decide.outcome': ['dismissed', 'upheld'],
  'comment.remove.reason': ['advert', 'duplicate', 'other', 'personal_data', 'rude', 'unclear', 'unlawful'],
  'comment.report.reason': ['advert', 'duplicate', 'other', 'personal_data', 'rude', 'unclear', 'unlawful'],
  'halt.begin.reason': ['check', 'disorder', 'fault', 'personal_data', 'unlawful'],
  'meeting.set.review_questions': ['before', 'delayed', 'after'],
  'meeting.set.review_comments': ['before', 'delayed', 'after'],
  'meeting.set.watch': ['public', 'code', 'estate'],
  'motion.check.item_class': ['general', 'special'],
  'motion.draft.binding': ['advisory', 'statutory'],
  'motion.draft.mode': ['anonymous', 'confidential', 'named'],
  'motion.draft.nonreturned': ['absent', 'served_follows_majority', 'served_participates'],
  'motion.draft.spoiled': ['excluded', 'participates'],
  'motion.draft.revote': ['last', 'reject'],
  'motion.settle.outcome': ['dismissed', 'recount'],
  'outcome.record.kind': ['commitment', 'consensus', 'explanation', 'referral', 'resolution', 'suggestion'],
  'paper.confirm.choice': ['abstain', 'against', 'agree', 'spoiled'],
  'paper.correct.choice': ['abstain', 'against', 'agree', 'spoiled'],
  'paper.countersign.choice': ['abstain', 'against', 'agree', 'spoiled'],
  'paper.discard.outcome': ['anew', 'void'],
  'paper.enter.choice': ['abstain', 'against', 'agree', 'spoiled'],
  'paper.refuse.reason': ['after_close', 'duplicate', 'no_written_authorisation', 'not_owner', 'not_representative', 'unit_not_in_scope', 'unsigned'],
  'penalty.decide.outcome': ['dismissed', 'upheld'],
  'person.appoint.role': ['admin', 'auditor', 'committee_chair', 'cppcc_member', 'grid_keeper', 'guest', 'host', 'lawyer', 'moderator', 'npc_deputy', 'official', 'owner', 'property_manager', 'resident', 'resident_rep', 'screen', 'secretary', 'tally_supervisor', 'technician', 'tenant', 'unit_officer'],
  'person.correct_name.reason': ['advert', 'other', 'personal_data', 'rude', 'unlawful'],
  'person.show_as.way': ['building', 'real', 'anonymous'],
  'poll.draft.per': ['household', 'person'],
  'poll.draft.sort': ['multiple', 'scale', 'single'],
  'poll.edit.per': ['household', 'person'],
  'poll.edit.sort': ['multiple', 'scale', 'single'],
  'proxy.record.authority': ['guardian', 'proxy'],
  'question.ask.kind': ['ask', 'report', 'suggest'],
  'question.ask.to': ['committee_chair', 'cppcc_member', 'grid_keeper', 'lawyer', 'npc_deputy', 'official', 'property_manager', 'resident_rep', 'unit_officer'],
  'question.ask.channel': ['online', 'on_behalf', 'phone', 'paper', 'collected'],
  'question.decide.outcome': ['dismissed', 'upheld'],
  'question.hide.reason': ['rude', 'personal_data', 'duplicate', 'unclear', 'other'],
  'question.order.mode': ['support', 'hand'],
  'question.reject.reason': ['advert', 'personal_data', 'unlawful'],
  'question.report.reason': ['advert', 'duplicate', 'other', 'personal_data', 'rude', 'unclear', 'unlawful'],
  'question.resolve.result': ['infeasible', 'mediation', 'referred', 'resolved', 'task'],
  'recording.veil.what': ['both', 'picture', 'sound'],
  'review.switch.texts': ['comments', 'questions'],
  'review.switch.voice': ['badge', 'resident'],
  'review.switch.mode': ['after', 'before', 'delayed'],
  'review.switch.was': ['after', 'before', 'delayed'],
  'rules.adopt.based_on': ['beijing', 'default', 'hangzhou', 'qingyuan'],
  'rules.adopt.paper': ['always', 'on_request'],
  'rules.adopt.platform': ['city', 'own'],
} as const

/** What each command carries besides `record` and `type`. */
export interface Commands {
  /** Put an item on the agenda: its kind, title, planned minutes and who leads it. */
  'agenda.add': {
    id: string
    kind: 'briefing' | 'claiming' | 'closing' | 'consensus' | 'explanation' | 'law_talk' | 'opening' | 'poll' | 'questions' | 'speech'
    title: string
    minutes: number
    lead?: string | null
    lead_name?: string | null
    after?: string | null
  }
  /** Be done with an item; it may be taken up again. Staff may, while the meeting runs. */
  'agenda.close': {
    id: string
  }
  /** Change what is named of an item; what is left out stays as it is. Staff may, until the end. */
  'agenda.edit': {
    id: string
    kind?: 'briefing' | 'claiming' | 'closing' | 'consensus' | 'explanation' | 'law_talk' | 'opening' | 'poll' | 'questions' | 'speech'
    title?: string
    minutes?: number
    lead?: string | null
    lead_name?: string | null
  }
  /** Put an item after another one, or to the front with `after` null. Staff may, until the end. */
  'agenda.move': {
    id: string
    after: string | null
  }
  /** Take an item up; the one taken up before is closed. Staff may, while the meeting runs. */
  'agenda.open': {
    id: string
  }
  /** Take an item off the agenda that was not taken up yet. Staff may, until the end. */
  'agenda.remove': {
    id: string
  }
  /** Put the words of an answer right, or add them to a spoken one. The first words stay in the record. */
  'answer.correct': {
    id: string
    text: string
    cites?: { law: string, article: string }[]
  }
  /** Say who answers the question on air from now on; whoever answered it before is done. */
  'answer.start': {
    id: string
    question: string
    by: string
    verb?: 'advise' | 'explain' | 'reply'
  }
  /** An answer is over. Staff may, or whoever gives it. */
  'answer.stop': {
    id: string
  }
  /** Answer a question in writing, with the articles it rests on. */
  'answer.write': {
    id: string
    question: string
    text: string
    cites?: { law: string, article: string }[]
    verb?: 'advise' | 'explain' | 'reply'
  }
  /** Write down the audience: applause and unique sessions so far, the highest number online at once. */
  'audience.count': {
    applause: number
    unique: number
    peak: number
  }
  /** Cast the ballot of a unit's head, as an owner of the unit or with a letter of authority. */
  'ballot.cast': {
    id: string
    motion: string
    unit: string
    choice: 'abstain' | 'against' | 'agree'
    nonce: string
  }
  /** Write down that a ballot paper reached a unit, and what proves it. The desk may, until the close. */
  'ballot.serve': {
    motion: string
    unit: string
    proof: string
  }
  /** Look at who chose what. The supervisors of this vote may; each look is a line of the record. */
  'ballots.see': {
    id: string
  }
  /** Put a caption right. The first text stays in the record; what was recognised counts as typed from then on. */
  'caption.correct': {
    id: string
    text: string
  }
  /** Write down what was said. `speaker` is somebody with a plate here, `speaker_name` anybody else. */
  'caption.say': {
    id: string
    text: string
    speaker?: string | null
    speaker_name?: string | null
    at?: number | null
    heard?: boolean
  }
  /** Object, once, to my comment having been taken away; another moderator decides. */
  'comment.appeal': {
    id: string
    text: string
  }
  /** Let everybody see a comment: one under review or reported, or one taken away by mistake. Staff may. */
  'comment.approve': {
    id: string
    reason?: string | null
    seen?: number | null
  }
  /** Decide the appeal of a comment's author, with the written answer: upheld, it stands again; dismissed is final. */
  'comment.decide': {
    id: string
    outcome: 'dismissed' | 'upheld'
    answer: string
  }
  /** Take my own comment back. */
  'comment.delete': {
    id: string
  }
  /** Hold a comment back that would go out by itself: it waits for review. Staff may. */
  'comment.hold': {
    id: string
  }
  /** Slow mode: the seconds everybody waits between two comments, 0 for none. Staff may. */
  'comment.pause': {
    seconds: number
  }
  /** Say something beside the picture. Anybody named may, from the lobby to the end. */
  'comment.post': {
    id: string
    text: string
  }
  /** Take a comment away, with a reason its author is told. Staff may. */
  'comment.remove': {
    id: string
    reason: 'advert' | 'duplicate' | 'other' | 'personal_data' | 'rude' | 'unclear' | 'unlawful'
    seen?: number | null
  }
  /** Tell the staff that a comment should not stand. Counted once a person; nobody learns who did. */
  'comment.report': {
    id: string
    reason: 'advert' | 'duplicate' | 'other' | 'personal_data' | 'rude' | 'unclear' | 'unlawful'
  }
  /** Take back what I last did to a thing, as of the number its answer named, as if it had not been. */
  'desk.undo': {
    thing: string
    of: number
  }
  /** Go on duty at the desk (值班): only then may texts be published before they are read. Moderator or secretary. */
  'duty.begin': Record<never, never>
  /** Go off duty. With the last one on duty everything is reviewed first again; what was on its way waits. */
  'duty.end': {
    person?: string | null
    away?: boolean
  }
  /** Bring the results of a questionnaire to an agenda item, or bring them anew. The platform does, until the end. */
  'findings.bring': {
    id: string
    item: string
    title: string
    households: number
    answered: number
    paper: number
    counted_at: number
    questions: ({ kind: 'multiple' | 'number' | 'scale' | 'single' | 'text', text: string, options: string[], least: number | null, most: number | null, low: string, high: string, unit: string, needed: boolean })[]
    sums: { answered: number, counts: number[], total: number, twice_median: number, few: boolean }[]
    texts?: { question: number, text: string }[]
  }
  /** Take a text down that the desk of the docket no longer lets through, by its question and its words. The */
  'findings.take_down': {
    id: string
    question: number
    text: string
  }
  /** Stop picture and words for everybody at once. Moderator, host, secretary or technician may. */
  'halt.begin': {
    reason?: 'check' | 'disorder' | 'fault' | 'personal_data' | 'unlawful'
  }
  /** Give back what was stopped: both, or words and picture singly. A technician gives back the picture alone. */
  'halt.lift': {
    words?: boolean
    picture?: boolean
  }
  /** Make a label for questions. Moderator, host or secretary may. */
  'label.add': {
    id: string
    title: string
  }
  /** Call a label something else. */
  'label.edit': {
    id: string
    title: string
  }
  /** Take a label away; questions that carried it carry none. */
  'label.remove': {
    id: string
  }
  /** Announce the meeting: time, place, agenda and the notice on personal data must be there. */
  'meeting.announce': Record<never, never>
  /** Call the meeting off, with the reason. The secretary may, before it has begun. */
  'meeting.cancel': {
    reason: string
  }
  /** End the meeting for good: waiting questions get an answer in writing, polls close. The host may. */
  'meeting.end': Record<never, never>
  /** Let people in before the beginning, at most an hour early unless the meeting says otherwise. */
  'meeting.open_lobby': Record<never, never>
  /** Pause, with the cause shown to everybody. Host, secretary, moderator or technician may. */
  'meeting.pause': {
    reason: string
  }
  /** Put the meeting off, with the reason; a new time may be named. The secretary may. */
  'meeting.postpone': {
    reason: string
    starts_at?: number | null
  }
  /** Open the archive to the public. The secretary may, after the end. */
  'meeting.publish': Record<never, never>
  /** Go on after a pause. */
  'meeting.resume': Record<never, never>
  /** Set what is named: title, time, place, who calls the meeting, who may watch, how texts are reviewed. */
  'meeting.set': {
    title?: string
    number?: string | null
    starts_at?: number
    planned_minutes?: number
    venue?: string
    convener?: string
    host?: string
    parties?: string[]
    attending?: string[]
    review_questions?: 'before' | 'delayed' | 'after'
    review_comments?: 'before' | 'delayed' | 'after'
    questions_open?: boolean
    comments_open?: boolean
    watch?: 'public' | 'code' | 'estate'
    code?: string
    estate?: string
    unproved_may_speak?: boolean
    answer_days?: number
    publish_on?: number | null
    notice?: string
    lobby_minutes?: number | null
    sample?: boolean
  }
  /** Begin. The host may, from the lobby. */
  'meeting.start': Record<never, never>
  /** Announce a count; the posting begins, for as many days as the rule set says. After a recount, once more. */
  'motion.announce': {
    id: string
    round: number
  }
  /** Annul a final result on a document of a court or an authority, which is named and whose digest is kept. */
  'motion.annul': {
    id: string
    reason: string
    document: string
  }
  /** Say that a confidential vote be opened for counting. Two of its supervisors must, after the close. */
  'motion.break_seal': {
    id: string
  }
  /** Say that class, scope and policy match the law and the estate's rules. `item_class` is what the checker reads */
  'motion.check': {
    id: string
    item_class: 'general' | 'special'
  }
  /** Close a vote after its time, never before. The platform does. */
  'motion.close': {
    id: string
  }
  /** Write down the count that two supervisors signed. The community's desk may. */
  'motion.count': {
    id: string
    round: number
  }
  /** Object to an announced result, as an owner whose unit counts in it, while it is posted; five times at most. */
  'motion.dispute': {
    id: string
    dispute: string
    text: string
  }
  /** Draft a motion on one of the nine matters of art. 278, or draft it anew: whoever drafted it may, until it is */
  'motion.draft': {
    id: string
    estate: string
    title: string
    text: string
    item: number
    scope_building?: string | null
    scope_stair?: string | null
    binding?: 'advisory' | 'statutory'
    mode?: 'anonymous' | 'confidential' | 'named'
    nonreturned?: 'absent' | 'served_follows_majority' | 'served_participates'
    nonreturned_rule?: string | null
    spoiled?: 'excluded' | 'participates'
    count_parking?: boolean
    revote?: 'last' | 'reject'
    paper?: boolean
    city_reference?: string | null
  }
  /** Use the extension that was noticed, before the window is over. */
  'motion.extend': {
    id: string
  }
  /** Make a result final: its posting is over and every objection answered. The platform does. */
  'motion.finish': {
    id: string
  }
  /** Notice a checked motion: text, options, scope, policy, rules, roster snapshot, window and supervisors are */
  'motion.notice': {
    id: string
    roster: string
    opens_at: number
    closes_at: number
    supervisors: { person: string, name: string }[]
    committee_told: boolean
    extends_to?: number | null
  }
  /** Open a noticed vote at its time. The platform does. */
  'motion.open': {
    id: string
  }
  /** Open the slips of an anonymous poll after its close. The platform brings them: one for each head that took part. */
  'motion.open_slips': {
    id: string
    slips: { id: string, motion: string, sealed: string }[]
  }
  /** Answer an objection to a result: dismissed, with the reason, or a recount. A supervisor of the vote does. */
  'motion.settle': {
    id: string
    dispute: string
    outcome: 'dismissed' | 'recount'
    answer: string
  }
  /** Sign a count: the digest of the document as this supervisor counted it. Two of the named ones sign. */
  'motion.sign': {
    id: string
    round: number
    digest: string
  }
  /** Open the sealed ballots of a closed vote. The platform does: of a named vote at once, of a confidential one */
  'motion.unseal': {
    id: string
  }
  /** Withdraw a motion, with the reason; never once the vote has opened. */
  'motion.withdraw': {
    id: string
    reason: string
  }
  /** Change an outcome: a new version, the old one stays in the record. What is left out stays as it is. */
  'outcome.amend': {
    id: string
    text: string
    responsible?: string | null
    until?: number | null
    reservations?: { name: string, text: string }[]
  }
  /** Write down what the council came to, with the question or agenda item it came from. */
  'outcome.record': {
    id: string
    kind: 'commitment' | 'consensus' | 'explanation' | 'referral' | 'resolution' | 'suggestion'
    text: string
    responsible?: string | null
    until?: number | null
    question?: string | null
    item?: string | null
    reservations?: { name: string, text: string }[]
  }
  /** Enter the choice of a paper a second time, from the paper itself. Not by who entered it first. */
  'paper.confirm': {
    id: string
    choice: 'abstain' | 'against' | 'agree' | 'spoiled'
  }
  /** Put right in a recount what a paper was entered as, with the reason. Another of the desk agrees, from the paper. */
  'paper.correct': {
    id: string
    paper: string
    choice: 'abstain' | 'against' | 'agree' | 'spoiled'
    reason: string
  }
  /** Enter the corrected choice a second time, from the paper itself. Not by who entered it first; where the two */
  'paper.countersign': {
    id: string
    choice: 'abstain' | 'against' | 'agree' | 'spoiled'
  }
  /** Take back an entry that was wrong, with the reason, before it is confirmed; the paper may be entered anew. Also */
  'paper.discard': {
    id: string
    reason: string
    outcome?: 'anew' | 'void' | null
  }
  /** Enter a ballot paper that came back: its number, the unit, the owner or the letter that signed it, the choice. */
  'paper.enter': {
    id: string
    motion: string
    unit: string
    number: string
    choice: 'abstain' | 'against' | 'agree' | 'spoiled'
    by?: string | null
    proxy?: string | null
    instead_of?: string | null
  }
  /** Write down a ballot paper that came back and is no ballot, and why; never what it says. The unit as the paper */
  'paper.refuse': {
    id: string
    motion: string
    unit: string
    number: string
    reason: 'after_close' | 'duplicate' | 'no_written_authorisation' | 'not_owner' | 'not_representative' | 'unit_not_in_scope' | 'unsigned'
  }
  /** Object, once, to a penalty of mine; somebody who had no hand in it decides and answers in writing. */
  'penalty.appeal': {
    id: string
    text: string
  }
  /** Make known here a term that was confirmed in another meeting of the community. The platform does. */
  'penalty.carry': {
    id: string
    person: string
    shown: string
    reason: string
    at: number
    until: number
    by: string[]
    appealed?: boolean
  }
  /** Confirm what somebody else proposed; from now on it holds. Not for who proposed it, nor whom it is about. */
  'penalty.confirm': {
    id: string
  }
  /** Decide an appeal against a penalty, with the written answer. Not for who imposed or confirmed it. */
  'penalty.decide': {
    id: string
    outcome: 'dismissed' | 'upheld'
    answer: string
  }
  /** Turn down what was proposed, or take back one's own proposal, with the reason. */
  'penalty.decline': {
    id: string
    reason: string
  }
  /** End a penalty before its time, with the reason its receiver is told. */
  'penalty.lift': {
    id: string
    reason: string
  }
  /** Propose that a person may not speak in any meeting of the community until an instant (ms), a year at most. */
  'penalty.propose': {
    id: string
    person: string
    reason: string
    until: number
  }
  /** Give a person a role in this meeting, with the words on the name plate. The secretary may, at any time. */
  'person.appoint': {
    person: string
    role: 'admin' | 'auditor' | 'committee_chair' | 'cppcc_member' | 'grid_keeper' | 'guest' | 'host' | 'lawyer' | 'moderator' | 'npc_deputy' | 'official' | 'owner' | 'property_manager' | 'resident' | 'resident_rep' | 'screen' | 'secretary' | 'tally_supervisor' | 'technician' | 'tenant' | 'unit_officer'
    name: string
    badge?: string | null
    title?: string | null
  }
  /** Stand another name in place of the one a resident is shown by, on all they have said and will say; they are */
  'person.correct_name': {
    person: string
    shown: string
    reason: 'advert' | 'other' | 'personal_data' | 'rude' | 'unlawful'
    question?: string | null
  }
  /** Take a role in this meeting away from a person. The secretary may, at any time. */
  'person.dismiss': {
    person: string
    role: string
  }
  /** Let a person not speak until an instant (ms), or for the whole meeting. Told at once, with the reason. */
  'person.mute': {
    person: string
    reason: string
    until?: number | null
  }
  /** Choose how I am shown from now on: `real` name, `building` and form of address, or `anonymous`. */
  'person.show_as': {
    way: 'building' | 'real' | 'anonymous'
  }
  /** Give a person a pause of their own, in seconds, between anything they say; 0 takes it off. With the reason. */
  'person.slow': {
    person: string
    seconds: number
    reason: string
  }
  /** Let somebody muted in this meeting speak again, with the reason. Moderator, host or secretary may. */
  'person.unmute': {
    person: string
    reason: string
  }
  /** Warn a person, with the reason; they are told at once. Moderator, host or secretary may. */
  'person.warn': {
    person: string
    reason: string
  }
  /** Tell how late (ms, at most a minute) the slowest viewer's picture is; a timed poll closes that much later. */
  'poll.allow': {
    id: string
    ms: number
  }
  /** Choose an option, counted from 0; of several a list, at most as many as the poll says; on a scale its number. */
  'poll.answer': {
    id: string
    choice: number | number[]
  }
  /** Close an open poll and show its sums; it does not open again. Where sums were shown all the while (`live`), and */
  'poll.close': {
    id: string
    wait?: boolean
  }
  /** Type the hands I counted in the hall, one number an option, in this round (from 1). */
  'poll.count_hands': {
    id: string
    round: number
    hands: number[]
    present?: number | null
  }
  /** Give up a prepared poll; its id does not come back. Staff may, until the poll is opened, and take it back at */
  'poll.discard': {
    id: string
    seen?: number | null
  }
  /** Prepare a poll: its question, and what there is to choose from, one answer a person or one a household. */
  'poll.draft': {
    id: string
    question: string
    options: string[]
    per?: 'household' | 'person'
    minutes?: number | null
    live?: boolean
    sort?: 'multiple' | 'scale' | 'single'
    most?: number | null
    scale?: { low: number, high: number, low_words: string, high_words: string } | null
  }
  /** Put all of this in place of what was prepared; what is left out is as in `poll.draft`. Staff may, until the */
  'poll.edit': {
    id: string
    question: string
    options: string[]
    per?: 'household' | 'person'
    minutes?: number | null
    live?: boolean
    sort?: 'multiple' | 'scale' | 'single'
    most?: number | null
    scale?: { low: number, high: number, low_words: string, high_words: string } | null
    seen?: number | null
  }
  /** Open a prepared poll. Staff may, while the meeting runs. */
  'poll.open': {
    id: string
  }
  /** Write down a letter of authority, or a guardianship: who votes for which owner of which unit. */
  'proxy.record': {
    id: string
    motion: string
    unit: string
    principal: string
    name: string
    authority: 'guardian' | 'proxy'
    written: boolean
    letter: string
    agent?: string | null
    until?: number | null
  }
  /** End a letter of authority, with the reason. A ballot already cast with it stands. */
  'proxy.revoke': {
    id: string
    reason: string
  }
  /** Object, once, to my question having been handed back; another moderator decides. */
  'question.appeal': {
    id: string
    text: string
  }
  /** Let a question into the queue, with its words mended if need be; the asker sees both texts. */
  'question.approve': {
    id: string
    text?: string | null
    reason?: string | null
    seen?: number | null
  }
  /** Ask, report or suggest something. Anybody named may, from the announcement to the end. */
  'question.ask': {
    id: string
    kind: 'ask' | 'report' | 'suggest'
    text: string
    to?: 'committee_chair' | 'cppcc_member' | 'grid_keeper' | 'lawyer' | 'npc_deputy' | 'official' | 'property_manager' | 'resident_rep' | 'unit_officer' | null
    channel?: 'online' | 'on_behalf' | 'phone' | 'paper' | 'collected'
    for_name?: string | null
  }
  /** Say who should answer; null: nobody in particular. */
  'question.assign': {
    id: string
    to?: string | null
    seen?: number | null
  }
  /** Take a question up. At most one is on air; the next two in the queue are then kept in their places. */
  'question.call': {
    id: string
    seen?: number | null
  }
  /** Hand a question over to be dealt with as a submission (转办); it gets a slip number, and everybody sees it. */
  'question.convert': {
    id: string
    reason?: string | null
    seen?: number | null
  }
  /** Decide an author's appeal, with the written answer: upheld, the question goes to the queue; dismissed, it stays out. */
  'question.decide': {
    id: string
    outcome: 'dismissed' | 'upheld'
    answer: string
  }
  /** Answer a question in writing instead, by a date (ms). */
  'question.defer': {
    id: string
    until: number
    seen?: number | null
  }
  /** The question on air is answered. Moderator, host, secretary, or the badge holder it was assigned to. */
  'question.finish': {
    id: string
    seen?: number | null
  }
  /** Hand a question that was given to me on to somebody else with a badge, who may do the same. */
  'question.hand_over': {
    id: string
    to: string
    seen?: number | null
  }
  /** Hand a question back with a reason; its author may write it anew or appeal. Off topic is no reason. */
  'question.hide': {
    id: string
    reason: 'rude' | 'personal_data' | 'duplicate' | 'unclear' | 'other'
    seen?: number | null
  }
  /** Hold a question back that would go out by itself: it waits for review. Staff may. */
  'question.hold': {
    id: string
  }
  /** Say that a reported question was looked at and stands. Staff may; not its author. */
  'question.keep': {
    id: string
  }
  /** Leave a question merged although its author objects. For somebody else than who merged it. */
  'question.keep_merged': {
    id: string
    seen?: number | null
  }
  /** Put a label on a question; null: none. */
  'question.label': {
    id: string
    label?: string | null
    seen?: number | null
  }
  /** Put a question under a like one: the support of both is counted once a person. */
  'question.merge': {
    id: string
    into: string
    seen?: number | null
  }
  /** Say, once, that my question is another one than the one it was merged into, and why. */
  'question.object': {
    id: string
    text: string
  }
  /** Order the queue by support, or by hand in the order given. */
  'question.order': {
    mode: 'support' | 'hand'
    order?: string[]
    seen?: number | null
  }
  /** Put a queued question in front of the others, or back with `on` false. */
  'question.pin': {
    id: string
    on?: boolean
    seen?: number | null
  }
  /** Put the question on air back into the queue. */
  'question.put_back': {
    id: string
    seen?: number | null
  }
  /** Refuse a question that is an advert, tells others' personal data, or is unlawful. May be appealed. */
  'question.reject': {
    id: string
    reason: 'advert' | 'personal_data' | 'unlawful'
    seen?: number | null
  }
  /** Tell the staff that a question should not stand. Counted once a person; nobody learns who did. */
  'question.report': {
    id: string
    reason: 'advert' | 'duplicate' | 'other' | 'personal_data' | 'rude' | 'unclear' | 'unlawful'
  }
  /** Tell what became of a question that was handed over: the result and its words, put under its slip. */
  'question.resolve': {
    id: string
    result: 'infeasible' | 'mediation' | 'referred' | 'resolved' | 'task'
    text: string
  }
  /** Take a merged question out again; both get back exactly the support they had. */
  'question.unmerge': {
    id: string
    seen?: number | null
  }
  /** Lend my support to a question, or take it back with `on` false. Not to my own. */
  'question.upvote': {
    id: string
    on?: boolean
  }
  /** Take my own question back while it waits. */
  'question.withdraw': {
    id: string
  }
  /** Answer for the household behind a door this person has proved. `answers` follow the questions: an option's */
  'questionnaire.answer': {
    id: string
    questionnaire: string
    unit: string
    answers: (number | string | number[] | null)[]
  }
  /** Say how the meeting took the results: null, or the code of its refusal. The platform does. */
  'questionnaire.arrive': {
    id: string
    meeting: string
    item: string
    refused?: string | null
  }
  /** Have the results shown at an agenda item of a meeting once they are counted. Given again for the same meeting */
  'questionnaire.carry': {
    id: string
    meeting: string
    item: string
  }
  /** Count a questionnaire whose window is over. The platform does; nobody sees a single sheet. */
  'questionnaire.count': {
    id: string
  }
  /** Take back a sheet of paper that was entered wrongly, with the reason, before the close. */
  'questionnaire.discard': {
    id: string
    questionnaire: string
    reason: string
  }
  /** Draft a questionnaire for the households of an estate, or draft it anew: whoever drafted it may, until it is */
  'questionnaire.draft': {
    id: string
    estate: string
    title: string
    text: string
    questions: ({ kind: 'multiple' | 'number' | 'scale' | 'single' | 'text', text: string, options: string[], least: number | null, most: number | null, low: string, high: string, unit: string, needed: boolean })[]
  }
  /** Enter a sheet of paper that came back: its number and the household. One household is not entered twice, and */
  'questionnaire.enter': {
    id: string
    questionnaire: string
    unit: string
    number: string
    answers: (number | string | number[] | null)[]
  }
  /** Open a questionnaire to the households of a frozen roster until an instant (ms). From then on nothing of it */
  'questionnaire.open': {
    id: string
    roster: string
    closes_at: number
  }
  /** Say of a text somebody wrote whether everybody may read it. The desk does, after the close, and may change its */
  'questionnaire.read': {
    id: string
    text: string
    shown: boolean
  }
  /** Look at which households have answered, to call on the others. The desk may; each look is a line of the record. */
  'questionnaire.see': {
    id: string
  }
  /** Withdraw a questionnaire that was not counted yet, with the reason. What was answered is never counted. */
  'questionnaire.withdraw': {
    id: string
    reason: string
  }
  /** Look at the unmasked text and at who wrote it. Staff may; each look is a line of the record. */
  'raw.see': {
    kind: string
    id: string
  }
  /** The captions said in a passage whose sound is masked. Told once by the platform, which knows the clocks. */
  'recording.silence': {
    id: string
    captions: string[]
  }
  /** Show a masked passage again: it was a slip. The secretary or the host may. */
  'recording.unveil': {
    id: string
  }
  /** Mask a passage of the finished recording, from one second up to another, its sound, picture or both. */
  'recording.veil': {
    id: string
    from_s: number
    to_s: number
    what: 'both' | 'picture' | 'sound'
    reason: string
  }
  /** Review everything first again, because nobody is on duty any more. The platform alone gives it. */
  'review.fall_back': Record<never, never>
  /** Choose how `texts` of one kind of person are reviewed: `before`, `delayed` or `after`. The desk may. */
  'review.switch': {
    texts: 'comments' | 'questions'
    voice: 'badge' | 'resident'
    mode: 'after' | 'before' | 'delayed'
    was?: 'after' | 'before' | 'delayed' | null
  }
  /** Answer an objection to a roster, with the reason. One that is accepted calls for a new version. */
  'roster.answer': {
    id: string
    text: string
    accepted: boolean
  }
  /** Freeze a published roster once its term for correction is over; the publication is taken down. Freezing again */
  'roster.freeze': {
    id: string
    version: number
    lines: ({ number: string, place: string, salt: string, area_c: number | null, area_basis: string, owners: string[], voter: string | null, status: 'delivered' | 'sold_undelivered' | 'unsold', developer: string | null, kind: 'parking' | 'residential' | 'shop', building: string | null, stair: string | null, minor: boolean })[]
    asked_by: string
  }
  /** Object to a roster: what is wrong, and about which unit. Its owners may, and the desk for who comes there. */
  'roster.object': {
    id: string
    roster: string
    text: string
    unit?: string | null
  }
  /** Publish an estate's roster for correction until an instant. The platform alone brings the units. */
  'roster.publish': {
    id: string
    estate: string
    lines: ({ number: string, place: string, salt: string, area_c: number | null, area_basis: string, owners: string[], voter: string | null, status: 'delivered' | 'sold_undelivered' | 'unsold', developer: string | null, kind: 'parking' | 'residential' | 'shop', building: string | null, stair: string | null, minor: boolean })[]
    until: number
    asked_by: string
  }
  /** Say which rule set an estate's votes follow, and what the estate's own rules add to it. */
  'rules.adopt': {
    id: string
    estate: string
    based_on: 'beijing' | 'default' | 'hangzhou' | 'qingyuan'
    permits?: string | null
    notice_days?: number | null
    window_least_days?: number | null
    window_most_days?: number | null
    paper?: 'always' | 'on_request' | null
    platform?: 'city' | 'own' | null
    announce_days?: number | null
    posting_days?: number | null
    extension?: boolean | null
    source?: string | null
  }
  /** Look at the list of heads with their owners' names, to print and to serve ballot papers. The desk may; each */
  'sheet.see': {
    motion: string
  }
  /** Ask somebody to the stage, hand raised or not. Sound only, unless they hold a badge or it is said otherwise. */
  'stage.invite': {
    person: string
    sound_only?: boolean | null
  }
  /** Put my hand down, or leave the waiting room or the stage. */
  'stage.lower': Record<never, never>
  /** Turn the sound of somebody on the stage or waiting off, or on again with `on` false. */
  'stage.mute': {
    person: string
    on?: boolean
  }
  /** Raise my hand: I would like to speak. Anybody named may while the meeting runs, unless muted. */
  'stage.raise': Record<never, never>
  /** Take somebody off the stage: a badge holder waits again, a resident's seat is gone. A hand is put down. */
  'stage.release': {
    person: string
  }
  /** Take somebody who waits onto the stage: from now on everybody sees or hears them. */
  'stage.take': {
    person: string
  }
  /** My devices are checked, I wait behind the scene. Badge holders and staff may uninvited. */
  'stage.wait': {
    sound_only?: boolean | null
  }
  /** The studio has finished. The meeting goes on, and the studio may begin again. */
  'stream.end': Record<never, never>
  /** Hold the picture back at once: every page covers its player. The recording goes on, out of public sight. */
  'stream.hold': {
    cause?: string | null
  }
  /** The picture broke off; it may come again by itself. */
  'stream.interrupt': {
    cause?: string | null
  }
  /** The picture is on, for the first time or again. A picture that is held back stays held back. */
  'stream.live': Record<never, never>
  /** Whether the picture is being recorded: told by the platform when the disk fails, and when it writes again. */
  'stream.record': {
    on: boolean
  }
  /** Show the picture again after it was held back. */
  'stream.resume': Record<never, never>
}

export type Word = keyof Commands

export type Command = { [W in Word]: { type: W } & Commands[W] }[Word]
