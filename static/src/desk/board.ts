/* The desk's table top, made once and handed down: lists, hands, deeds, and the sheet that lies open. */
import { computed, inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { tell } from '@/notices'
import { useNow, useRoom } from '@/room'
import { say } from '@/say'
import type { Link } from '@/link'
import type { Store } from '@/store'
import type { Ack, Comment, Outcome, Question, Wish } from '@/things'
import type { Waiting } from './order/order'
import { useDeeds, type Deeds, type Give } from './deeds'
import { useFates, type Fates } from './fates'
import { useLists, type Lists } from './lists'
import { usePlace, type Column, type Place } from './place'

/** A sheet lying over the desk, and what it is about. */
export type Sheet =
  | { kind: 'back' | 'give' | 'label', ids: string[] }
  | { kind: 'merge', ids: string[], into?: string }
  | { kind: 'edit' | 'who' | 'defer' | 'draft', id: string }
  | { kind: 'why', what: 'question' | 'comment', ids: string[], text?: string }
  | { kind: 'mute', person: string, shown: string }
  | { kind: 'release' | 'term', id: string }
  | { kind: 'appeal', about: Waiting }
  | { kind: 'remove', comment: Comment }
  | { kind: 'outcome', question: string | null, outcome: Outcome | null }
  | { kind: 'poll' | 'meeting' | 'help' | 'search' | 'returned' | 'slow' | 'watch' }

export interface Board {
  store: Store
  link: Link
  now: Ref<number>
  lists: Lists
  place: Place
  deeds: Deeds
  fates: Fates
  /** The label by which the queue is looked at; null: all of it. */
  label: Ref<string | null>
  /** The queue as it is looked at. */
  shown: ComputedRef<Question[]>
  sheet: Ref<Sheet | null>
  open: (sheet: Sheet) => void
  /** Let everybody see these; for what the word lists blocked a reason is asked first. */
  pass: (what: 'question' | 'comment', ids: readonly string[], text?: string) => void
  /** The tab under the question on air. */
  tab: Ref<'ended' | 'captions' | 'agenda' | 'outcomes'>
}

const BOARD: InjectionKey<Board> = Symbol('board')

const TRIES = 20
/** A press this soon after a card changed was meant for what stood there before. */
const UNSEEN_MS = 700

/** Gives a command; where the server asks for a breath (many chosen cards at once) it is taken, and the command given again. */
function patiently(link: Link): Give {
  const give = async (wish: Wish, how: { done?: string, quiet?: boolean } = {}, tries = 1): Promise<Ack> => {
    const ack = await link.give(wish)
    if (!ack.ok && ack.code === 'too_fast' && typeof ack.wait_ms === 'number' && tries < TRIES) {
      await new Promise((done) => setTimeout(done, Number(ack.wait_ms)))
      return give(wish, how, tries + 1)
    }
    if (!ack.ok && !how.quiet) tell(say(ack), 'bad')
    else if (ack.ok && how.done) tell(how.done, 'good')
    return ack
  }
  return give
}

/** By which number of the room a card was judged: when it was chosen or a sheet about it was opened, else now; but a
 * card that changed under the hands a moment ago was judged as it stood before. */
function useJudged(store: Store, place: Place) {
  const judged = new Map<string, number>()
  let fresh = { id: '', before: 0, at: 0 }
  // Taken in the midst of a patch, when its number does not count yet.
  watch(() => store.get('question', place.at.card ?? ''), (now, was) => {
    if (now && was && now.id === was.id) fresh = { id: now.id, before: store.seq.value, at: performance.now() }
  }, { flush: 'sync' })
  watch(() => [...place.chosen], (ids, before) => {
    ids.filter((id) => !before.includes(id)).forEach((id) => judged.set(id, store.seq.value))
    // What is done about them in the same breath was still judged as they were chosen.
    const left = before.filter((id) => !ids.includes(id))
    if (left.length) setTimeout(() => left.filter((id) => !place.chosen.has(id)).forEach((id) => judged.delete(id)))
  }, { flush: 'sync' })
  return {
    judge: (ids: readonly string[]): void => ids.forEach((id) => { if (!judged.has(id)) judged.set(id, store.seq.value) }),
    forget: (id: string): void => { judged.delete(id) },
    seen: (id: string): number => judged.get(id)
      ?? (fresh.id === id && performance.now() - fresh.at < UNSEEN_MS ? fresh.before : store.seq.value),
  }
}

function aboutOf(sheet: Sheet | null): string[] {
  if (!sheet) return []
  if ('ids' in sheet) return sheet.ids
  if (sheet.kind === 'remove') return [sheet.comment.id]
  return 'id' in sheet ? [sheet.id] : []
}

export function provideBoard(): Board {
  const { store, link } = useRoom()
  const lists = useLists(store)
  const label = ref<string | null>(null)
  const shown = computed(() => (label.value === null ? lists.queue.value : lists.queue.value.filter((one) => one.label === label.value)))
  watch(() => store.all('label').map((one) => one.id), (ids) => { if (label.value && !ids.includes(label.value)) label.value = null })
  const cards = (column: Column) => (column === 'review' ? lists.review.value : column === 'queue' ? shown.value : [])
  const sheet = shallowRef<Sheet | null>(null)
  const fates = useFates(store)
  const place = usePlace(cards, (id) => link.look(id ? `question:${id}` : null), fates.left)
  const judged = useJudged(store, place)
  const deeds = useDeeds(store, patiently(link), {
    seen: (id) => {
      const seen = judged.seen(id)
      judged.forget(id)
      fates.forget(id)
      place.doing(id)
      return seen
    },
    failed: (id, ack) => fates.failed(id, ack, place.at.column),
  })
  const open = (one: Sheet): void => {
    judged.judge(aboutOf(one))
    sheet.value = one
  }
  // Closed without a deed: what is done about the card later was judged later.
  watch(sheet, (now, was) => {
    const kept = aboutOf(now)
    aboutOf(was).filter((id) => !kept.includes(id) && !place.chosen.has(id)).forEach((id) => setTimeout(() => judged.forget(id)))
  })

  function pass(what: 'question' | 'comment', ids: readonly string[], text?: string): void {
    const isBlocked = (id: string): boolean => (what === 'question' ? store.get('question', id) : store.get('comment', id))?.verdict === 'block'
    const blocked = ids.filter(isBlocked)
    const others = ids.filter((id) => !isBlocked(id))
    if (blocked.length) open({ kind: 'why', what, ids: blocked, text })
    if (!others.length) return
    if (what === 'comment') return void deeds.passComments(others)
    place.leave(others)
    void deeds.approve(others, text)
  }

  const board: Board = {
    store, link, lists, sheet, fates, label, shown,
    now: useNow(),
    place, deeds, open, pass,
    tab: ref('ended'),
  }
  provide(BOARD, board)
  return board
}

export function useBoard(): Board {
  const board = inject(BOARD)
  if (!board) throw new Error('useBoard() outside the desk')
  return board
}
