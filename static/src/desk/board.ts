/* The desk's table top, made once and handed down: lists, hands, deeds, and the sheet that lies open. */
import { inject, provide, ref, shallowRef, type InjectionKey, type Ref } from 'vue'
import { useGive, useNow, useRoom } from '@/room'
import type { Link } from '@/link'
import type { Store } from '@/store'
import type { Comment, Outcome } from '@/things'
import { useDeeds, type Deeds } from './deeds'
import { useLists, type Lists } from './lists'
import { usePlace, type Column, type Place } from './place'

/** A sheet lying over the desk, and what it is about. */
export type Sheet =
  | { kind: 'back' | 'give', ids: string[] }
  | { kind: 'merge', ids: string[], into?: string }
  | { kind: 'edit' | 'who' | 'defer', id: string }
  | { kind: 'mute', person: string, shown: string }
  | { kind: 'remove', comment: Comment }
  | { kind: 'outcome', question: string | null, outcome: Outcome | null }
  | { kind: 'poll' | 'meeting' | 'help' | 'search' | 'returned' | 'slow' }

export interface Board {
  store: Store
  link: Link
  now: Ref<number>
  lists: Lists
  place: Place
  deeds: Deeds
  sheet: Ref<Sheet | null>
  open: (sheet: Sheet) => void
  /** The tab under the question on air. */
  tab: Ref<'ended' | 'captions' | 'agenda' | 'outcomes'>
}

const BOARD: InjectionKey<Board> = Symbol('board')

export function provideBoard(): Board {
  const { store, link } = useRoom()
  const lists = useLists(store)
  const cards = (column: Column) => (column === 'review' ? lists.review.value : column === 'queue' ? lists.queue.value : [])
  const sheet = shallowRef<Sheet | null>(null)
  const board: Board = {
    store, link, lists, sheet,
    now: useNow(),
    place: usePlace(cards, (id) => link.look(id ? `question:${id}` : null)),
    deeds: useDeeds(store, useGive()),
    open: (one) => { sheet.value = one },
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
