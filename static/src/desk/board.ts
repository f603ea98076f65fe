/* The desk's table top, made once and handed down: lists, hands, deeds, and the sheet that lies open. */
import { inject, provide, ref, shallowRef, type InjectionKey, type Ref } from 'vue'
import { tell } from '@/notices'
import { useNow, useRoom } from '@/room'
import { say } from '@/say'
import type { Link } from '@/link'
import type { Store } from '@/store'
import type { Comment, Outcome, Wish } from '@/things'
import { useDeeds, type Deeds, type Give } from './deeds'
import { useLists, type Lists } from './lists'
import { usePlace, type Column, type Place } from './place'

/** A sheet lying over the desk, and what it is about. */
export type Sheet =
  | { kind: 'back' | 'give', ids: string[] }
  | { kind: 'merge', ids: string[], into?: string }
  | { kind: 'edit' | 'who' | 'defer', id: string }
  | { kind: 'why', what: 'question' | 'comment', ids: string[], text?: string }
  | { kind: 'mute', person: string, shown: string }
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
  sheet: Ref<Sheet | null>
  open: (sheet: Sheet) => void
  /** Let everybody see these; for what the word lists blocked a reason is asked first. */
  pass: (what: 'question' | 'comment', ids: readonly string[], text?: string) => void
  /** The tab under the question on air. */
  tab: Ref<'ended' | 'captions' | 'agenda' | 'outcomes'>
}

const BOARD: InjectionKey<Board> = Symbol('board')

const TRIES = 20

/** Gives a command; where the server asks for a breath (many chosen cards at once) it is taken, and the command given again. */
function patiently(link: Link): Give {
  const give: Give = async (wish: Wish, how = {}, tries = 1) => {
    const ack = await link.give(wish)
    if (!ack.ok && ack.code === 'too_fast' && typeof ack.wait_ms === 'number' && tries < TRIES) {
      await new Promise((done) => setTimeout(done, Number(ack.wait_ms)))
      return give(wish, how, tries + 1)
    }
    if (!ack.ok) tell(say(ack), 'bad')
    else if (how.done) tell(how.done, 'good')
    return ack.ok
  }
  return give
}

export function provideBoard(): Board {
  const { store, link } = useRoom()
  const lists = useLists(store)
  const cards = (column: Column) => (column === 'review' ? lists.review.value : column === 'queue' ? lists.queue.value : [])
  const sheet = shallowRef<Sheet | null>(null)
  const place = usePlace(cards, (id) => link.look(id ? `question:${id}` : null))
  const deeds = useDeeds(store, patiently(link))
  const open = (one: Sheet): void => { sheet.value = one }

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
    store, link, lists, sheet,
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
