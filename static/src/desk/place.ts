/* Where the hands of the desk are: column, card, chosen cards. Moves the real focus, so that a screen reader goes along. */
import { computed, nextTick, reactive, watch, type ComputedRef } from 'vue'
import type { Question } from '@/things'

export const COLUMNS = ['review', 'queue', 'stage', 'rail'] as const
export type Column = (typeof COLUMNS)[number]

export interface Place {
  readonly at: { column: Column, card: string | null }
  readonly chosen: Set<string>
  /** The card under the hands, if there is one. */
  card: ComputedRef<Question | undefined>
  /** What the next deed is about: the chosen cards, or the one under the hands. */
  about: ComputedRef<string[]>
  move: (step: 1 | -1, choosing?: boolean) => void
  column: (step: 1 | -1) => void
  choose: (id?: string) => void
  /** The focus came to a card by mouse, touch or Tab. */
  came: (column: Column, id: string | null) => void
  goTo: (column: Column, id?: string | null) => void
  /** These hands do something about this card. */
  doing: (id: string) => void
  /** Leave these cards: they are about to go. */
  leave: (ids: readonly string[]) => void
}

/** A card that goes this soon after went by my own doing. */
const OWN_MS = 5_000

/** @param cards what can be gone through in a column, from top to bottom
 * @param taken a card in hand went away, and not by what these hands did */
export function usePlace(
  cards: (column: Column) => readonly Question[], looked: (id: string | null) => void, taken: (id: string, column: Column) => void,
): Place {
  /** When these hands did something about a card: where it goes then, nobody took it away. */
  const done = new Map<string, number>()
  const byMe = (id: string): boolean => performance.now() - (done.get(id) ?? -Infinity) < OWN_MS
  const at = reactive<{ column: Column, card: string | null }>({ column: 'review', card: null })
  const chosen = reactive(new Set<string>())
  const idsHere = computed(() => cards(at.column).map((one) => one.id))
  const card = computed(() => cards(at.column).find((one) => one.id === at.card))
  const about = computed(() => (chosen.size ? [...chosen] : at.card && card.value ? [at.card] : []))

  const focus = (): void => {
    void nextTick(() => {
      const part = document.querySelector<HTMLElement>(`[data-column="${at.column}"]`)
      const target = part?.querySelector<HTMLElement>(at.card ? `[data-card="${at.card}"]` : 'h2')
      target?.focus({ preventScroll: true })
      target?.scrollIntoView({ block: 'nearest' })
    })
  }
  const goTo = (column: Column, id: string | null = null): void => {
    if (column !== at.column) chosen.clear()
    at.column = column
    at.card = id ?? cards(column)[0]?.id ?? null
    focus()
  }
  const choose = (id = at.card ?? ''): void => {
    if (!id) return
    if (chosen.has(id)) chosen.delete(id)
    else chosen.add(id)
  }
  const move = (step: 1 | -1, choosing = false): void => {
    const ids = idsHere.value
    if (!ids.length) return
    const here = ids.indexOf(at.card ?? '')
    if (choosing && here >= 0) chosen.add(ids[here]!)
    const there = here < 0 ? (step > 0 ? 0 : ids.length - 1) : Math.min(Math.max(here + step, 0), ids.length - 1)
    at.card = ids[there]!
    if (choosing) chosen.add(at.card)
    focus()
  }
  const leave = (ids: readonly string[]): void => {
    const here = idsHere.value
    const from = here.indexOf(at.card ?? '')
    const next = here.slice(from + 1).find((id) => !ids.includes(id)) ?? here.slice(0, Math.max(from, 0)).reverse().find((id) => !ids.includes(id))
    ids.forEach((id) => chosen.delete(id))
    if (at.card !== null && ids.includes(at.card)) {
      at.card = next ?? null
      focus()
    }
  }

  // A colleague may have taken the card away: the hands go to its neighbour instead of to the top of the page.
  watch(idsHere, (now, before) => {
    const held = [...chosen, at.card].filter((id): id is string => id !== null && !now.includes(id) && before.includes(id))
    held.filter((id) => !byMe(id)).forEach((id) => taken(id, at.column))
    chosen.forEach((id) => { if (!now.includes(id)) chosen.delete(id) })
    if (at.card !== null && !now.includes(at.card)) {
      const was = before.indexOf(at.card)
      at.card = now[Math.min(Math.max(was, 0), now.length - 1)] ?? null
      if (document.activeElement === document.body || !document.activeElement?.isConnected) focus()
    }
  }, { flush: 'post' })
  watch(() => at.card, (id) => looked(id))

  return {
    at, chosen, card, about, move, choose, leave, goTo,
    doing: (id) => { done.set(id, performance.now()) },
    column: (step) => {
      const there = COLUMNS[COLUMNS.indexOf(at.column) + step]
      if (there) goTo(there)
    },
    came: (column, id) => {
      if (column !== at.column) chosen.clear()
      at.column = column
      at.card = id
    },
  }
}
