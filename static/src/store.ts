/* The room as this browser knows it: the server's things, my own things laid over them, and my wishes on their way
   laid over both. Takes patches by number and never computes a rule of the meeting. */
import { computed, ref, shallowReactive, shallowRef, type ComputedRef, type Ref } from 'vue'
import { kept, keep } from './kept'
import { newId } from './ids'
import { mineWith, sameMatter, unsentComments, unsentQuestions } from './overlay'
import type { First } from './session'
import type { Ack, Comment, Intent, Kind, Kinds, Me, Mine, OwnPatch, Patch, Question, ThingSet, Wish } from './things'

/** What became of a patch: taken, already known, or one before it is missing. */
export type Taken = 'taken' | 'old' | 'gap'

/** Live numbers that are nobody's record. */
export interface Air {
  watching: number | null
  applause: number | null
  /** Half captions: the line being typed or heard. */
  captions: { speaker_name?: string | null, text: string, at?: number, heard?: boolean } | null
  stream: Record<string, unknown> | null
  /** Staff: which colleague looks at which thing. */
  looking: Record<string, unknown> | null
  /** What the server asks a newcomer to begin with: picture, thin, sound. */
  how?: string
}

type Shelf = Map<string, object>

function split(name: string): [Kind, string] {
  const colon = name.indexOf(':')
  return colon < 0 ? [name as Kind, ''] : [name.slice(0, colon) as Kind, name.slice(colon + 1)]
}

/** Wishes worth keeping for a person over a closed page: their own words and choices. */
const KEPT = ['question.ask', 'question.upvote', 'question.withdraw', 'question.appeal', 'comment.post', 'poll.answer', 'caption.say', 'questionnaire.answer']

export class Store {
  readonly record: string
  readonly me: Ref<Me | null>
  readonly seq: Ref<number>
  readonly air = shallowReactive<Air>({ watching: null, applause: null, captions: null, stream: null, looking: null })
  readonly intents: Ref<Intent[]> = shallowRef([])
  /** Milliseconds to add to this machine's clock to have the server's. */
  private offset = 0
  private readonly shelves = new Map<Kind, Shelf>()
  private readonly own = new Map<Kind, Shelf>()
  private readonly merged = new WeakMap<object, WeakMap<object, object>>()
  /** My supports that the public numbers do not hold yet, by the number that will. */
  private early: { at: number, mine: Mine }[] = []
  /** My supports that the votes on the screen already hold. */
  private readonly counted: Ref<Mine | undefined> = shallowRef()
  private ownSeq = 0
  readonly mine: ComputedRef<Mine>

  constructor(first: First) {
    this.record = first.record ?? ''
    this.me = shallowRef(first.me)
    this.seq = ref(0)
    this.setClock(first.now)
    this.mine = computed(() => mineWith(this.shelf(this.own, 'mine').get('') as Mine | undefined, this.intents.value.filter(this.isMine)))
    if (first.room) this.takeWhole(first.room.seq, first.room.set, first.room.own ?? {})
    this.intents.value = kept<Intent[]>(this.drawer(this.who()), []).filter(this.isMine)
  }

  // Looking

  /** The thing as this person sees it now, or undefined. */
  get<K extends Kind>(kind: K, id = ''): Kinds[K] | undefined {
    const theirs = this.shelf(this.shelves, kind).get(id)
    const own = this.shelf(this.own, kind).get(id)
    return (theirs && own ? this.both(theirs, own) : own ?? theirs) as Kinds[K] | undefined
  }

  /** All things of a kind, in no order to rely on. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    const theirs = this.shelf(this.shelves, kind)
    const own = this.shelf(this.own, kind)
    const ids = new Set([...theirs.keys(), ...own.keys()])
    return Array.from(ids, (id) => this.get(kind, id) as Kinds[K])
  }

  /** How many support a question, my press included. */
  votes(id: string): number {
    const votes = this.get('score', id)?.votes ?? 0
    const counted = this.counted.value?.supports.includes(id) ?? false
    return votes + Number(this.supports(id)) - Number(counted)
  }

  supports(id: string): boolean {
    return this.mine.value.supports.includes(id)
  }

  /** What I asked, oldest first; what is still on its way comes last, marked `unsent`. */
  myQuestions(): Question[] {
    const own = this.shelf(this.own, 'question')
    const there = Array.from(own.keys(), (id) => this.get('question', id)!)
    return there.concat(unsentQuestions(this.missing('question'), this.shownAs())).sort((a, b) => a.at - b.at)
  }

  /** Comments by time, mine marked, those on their way last. */
  comments(): Comment[] {
    const own = this.shelf(this.own, 'comment')
    const there = this.all('comment').map((one) => (own.has(one.id) ? { ...one, mine: true } : one))
    return there.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).concat(unsentComments(this.missing('comment'), this.shownAs()))
  }

  /** Whether a wish about this id is still on its way. */
  busy(id: string): boolean {
    return this.intents.value.some((intent) => intent.wish.id === id && intent.seq === undefined)
  }

  /** The server's clock, ms UTC. Countdowns use this one, never the phone's. */
  now(): number {
    return Date.now() + this.offset
  }

  setClock(serverNow: number | undefined): void {
    if (serverNow) this.offset = serverNow - Date.now()
  }

  // Taking what the server says

  /** The whole room anew, at one number. */
  takeWhole(seq: number, set: ThingSet, own: ThingSet): void {
    this.shelves.forEach((shelf) => shelf.clear())
    this.own.forEach((shelf) => shelf.clear())
    this.early = []
    this.counted.value = undefined
    this.lay(this.shelves, set)
    this.seq.value = seq
    this.takeOwn({ record: this.record, at: seq, set: own })
  }

  /** What changed from one number to another, for this pair of eyes. */
  take(patch: Patch): Taken {
    if (patch.to <= this.seq.value) return 'old'
    if (patch.from > this.seq.value) return 'gap'
    this.lay(this.shelves, patch.set)
    this.seq.value = patch.to
    this.settle()
    return 'taken'
  }

  /**
   * My things, shown at once. They may overtake the public patch of the same number, which for some never comes
   * (a question under review is no public news); only my supports are weighed against the votes by number.
   */
  takeOwn(patch: OwnPatch): void {
    this.lay(this.own, patch.set)
    this.ownSeq = Math.max(this.ownSeq, patch.at)
    const mine = patch.set.mine as Mine | null | undefined
    if (mine) this.early.push({ at: patch.at, mine })
    this.settle()
  }

  /** Things a light page left out; what is known already is newer or the same and stays. */
  fill(set: ThingSet): void {
    const missing = Object.entries(set).filter(([name]) => {
      const [kind, id] = split(name)
      return !this.shelf(this.shelves, kind).has(id)
    })
    this.lay(this.shelves, Object.fromEntries(missing))
  }

  // My wishes

  /** Lay a wish over the room until the record has it. */
  wish(wish: Wish): Intent {
    const intent: Intent = { key: newId(), wish, at: this.now(), person: this.who() }
    const matter = sameMatter(wish)
    const others = this.intents.value.filter((one) => matter === null || sameMatter(one.wish) !== matter || one.person !== intent.person)
    this.setIntents([...others, intent])
    return intent
  }

  /** The answer to a wish: kept until its number is here, or taken away when it was refused. */
  answered(key: string, ack: Ack): void {
    const intents = this.intents.value
    this.setIntents(ack.ok
      ? intents.map((one) => (one.key === key ? { ...one, seq: ack.seq } : one))
      : intents.filter((one) => one.key !== key))
    this.settle()
  }

  /** Whether the wish is still wanted: a later one may have taken its place. */
  isWanted(key: string): boolean {
    return this.intents.value.some((one) => one.key === key)
  }

  /** Whether I may send it and see it: a phone is lent, and a wish goes out under nobody's name but its own. */
  readonly isMine = ({ person }: Intent): boolean => !person || person === this.who()

  // Inside

  private shelf(layer: Map<Kind, Shelf>, kind: Kind): Shelf {
    let shelf = layer.get(kind)
    if (!shelf) layer.set(kind, (shelf = shallowReactive(new Map<string, object>())))
    return shelf
  }

  private lay(layer: Map<Kind, Shelf>, set: ThingSet): void {
    for (const [name, thing] of Object.entries(set)) {
      const [kind, id] = split(name)
      if (thing === null) this.shelf(layer, kind).delete(id)
      else this.shelf(layer, kind).set(id, thing)
    }
  }

  /** The same object for the same two, so that nothing is drawn again without need. */
  private both(theirs: object, own: object): object {
    let seen = this.merged.get(theirs)
    if (!seen) this.merged.set(theirs, (seen = new WeakMap()))
    let one = seen.get(own)
    if (!one) seen.set(own, (one = { ...theirs, ...own }))
    return one
  }

  private settle(): void {
    const due = this.early.filter((one) => one.at <= this.seq.value).sort((a, b) => a.at - b.at)
    if (due.length) {
      this.early = this.early.filter((one) => one.at > this.seq.value)
      this.counted.value = due[due.length - 1]!.mine
    }
    const known = Math.max(this.seq.value, this.ownSeq)
    if (this.intents.value.some((one) => one.seq !== undefined && one.seq <= known)) {
      this.setIntents(this.intents.value.filter((one) => one.seq === undefined || one.seq > known))
    }
  }

  /** Intents whose thing is not in the room yet. */
  private missing(kind: 'question' | 'comment'): Intent[] {
    return this.intents.value.filter((one) => this.isMine(one) && !this.get(kind, String(one.wish.id)))
  }

  private shownAs(): string {
    const way = this.mine.value.way ?? 'building'
    return this.me.value?.labels?.[way] ?? this.me.value?.shown ?? ''
  }

  private who(): string {
    return this.me.value?.person ?? ''
  }

  private drawer(person: string): string {
    return `intents.${this.record}.${person}`
  }

  private setIntents(intents: Intent[]): void {
    const persons = new Set([...this.intents.value, ...intents].map((one) => one.person))
    this.intents.value = intents
    for (const person of persons) {
      const unsent = intents.filter((one) => one.person === person && one.seq === undefined && KEPT.includes(one.wish.type))
      keep(this.drawer(person), unsent.length ? unsent : null)
    }
  }
}
