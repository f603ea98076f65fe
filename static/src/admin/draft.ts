/* One meeting as the office prepares it: what its record says, and the commands that change it. Every change is
   written at once; there is nothing to save. */
import { reactive } from 'vue'
import { newId } from '@/ids'
import { tell } from '@/notices'
import { say } from '@/say'
import type { AgendaItem, Meeting, Person, ThingSet, Wish } from '@/things'
import { call } from './api'

export interface Draft {
  record: string
  meeting: Meeting | null
  items: AgendaItem[]
  people: Person[]
  savedAt: number | null
  /** What the last announcement lacked, as the server named it. */
  missing: string[]
}

const MADE_OF = ['meeting', 'agenda_item', 'person']

function things<T>(set: ThingSet, kind: string): T[] {
  const names = Object.keys(set).filter((name) => name === kind || name.startsWith(`${kind}:`))
  return names.map((name) => set[name]).filter((thing) => thing != null) as T[]
}

export class Preparing {
  readonly draft: Draft
  /** The number in the record of what is drawn: an answer that was overtaken on the way must not undo it. */
  private at = -1

  constructor(id: string) {
    this.draft = reactive<Draft>({ record: `meeting:${id}`, meeting: null, items: [], people: [], savedAt: null, missing: [] })
  }

  /** Take what the record says now. */
  async load(): Promise<void> {
    const answer = await call<{ to: number, set: ThingSet }>('GET', `/api/records/${this.draft.record}/changes?since=0`)
    if (!answer.ok) return void tell(say(answer), 'bad')
    if (answer.to < this.at) return
    this.at = answer.to
    const set = Object.fromEntries(Object.entries(answer.set).filter(([name]) => MADE_OF.includes(name.split(':')[0]!)))
    this.draft.meeting = things<Meeting>(set, 'meeting')[0] ?? null
    this.draft.items = things<AgendaItem>(set, 'agenda_item').sort((a, b) => a.position - b.position)
    this.draft.people = things<Person>(set, 'person').filter((person) => person.role)
  }

  /** Give a command and draw what came of it. False when it was refused; the refusal was told. */
  async give(wish: Wish, how: { quiet?: boolean } = {}): Promise<boolean> {
    const answer = await call<{ seq: number }>('POST', `/api/records/${this.draft.record}/commands`, wish)
    if (answer.ok) {
      this.draft.savedAt = Date.now()
      this.draft.missing = []
    } else {
      this.draft.missing = Array.isArray(answer.missing) ? answer.missing.map(String) : []
      if (!how.quiet || !this.draft.missing.length) tell(say(answer), 'bad')
    }
    await this.load()
    return answer.ok
  }

  set(values: Partial<Meeting>): Promise<boolean> {
    return this.give({ type: 'meeting.set', ...values })
  }

  addItem(kind: string, title: string, minutes: number): Promise<boolean> {
    return this.give({ type: 'agenda.add', id: newId(), kind, title, minutes })
  }

  /** Move an item one place up (-1) or down (1). */
  move(item: AgendaItem, step: -1 | 1): Promise<boolean> {
    const others = this.draft.items.filter((one) => one.id !== item.id)
    const place = this.draft.items.findIndex((one) => one.id === item.id) + step
    return this.give({ type: 'agenda.move', id: item.id, after: others[place - 1]?.id ?? null })
  }
}
