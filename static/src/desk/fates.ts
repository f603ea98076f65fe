/* What a colleague did to a card somebody else had in hand: told on the card, or in its place where it went away. */
import { shallowReactive } from 'vue'
import { has, t } from '@/i18n'
import { say } from '@/say'
import type { Store } from '@/store'
import type { Ack } from '@/things'
import type { Column } from './place'

/** How long it stands there. */
const SHOWN_MS = 12_000

export interface Fate {
  /** Asked when it is drawn: who it was may come a moment after the card went. */
  words: () => string
  text: string
  column: Column
}

export interface Fates {
  readonly told: Map<string, Fate>
  /** A command about this card did not come about. */
  failed: (id: string, ack: Ack, column: Column) => void
  /** The card went out of somebody's hands by a colleague's doing. */
  left: (id: string, column: Column) => void
  forget: (id: string) => void
}

const BY_AUTHOR = ['question.withdrawn', 'question.objected', 'question.appealed']
/** What a state says of the deed that led there, where a card has left before anything was sent. */
const LED_BY: Record<string, string> = {
  queued: 'question.approved', hidden: 'question.hidden', rejected: 'question.rejected', merged: 'question.merged',
  on_air: 'question.called', answered: 'question.finished', deferred: 'question.deferred', converted: 'question.converted', withdrawn: 'question.withdrawn',
}

export function useFates(store: Store): Fates {
  const told = shallowReactive(new Map<string, Fate>())
  const timers = new Map<string, number>()

  function forget(id: string): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    told.delete(id)
  }
  function note(id: string, words: () => string, column: Column): void {
    clearTimeout(timers.get(id))
    told.set(id, { words, text: store.get('question', id)?.text ?? '', column })
    timers.set(id, window.setTimeout(() => forget(id), SHOWN_MS))
  }
  function who(what: string, by?: string | null): string {
    if (BY_AUTHOR.includes(what)) return t('desk-author')
    return store.get('person', by ?? '')?.name || t('desk-colleague')
  }
  function did(what: string): string {
    const key = `desk-did-${what.replace(/[._]/g, '-')}`
    return t(has(key) ? key : 'desk-did-other')
  }

  return {
    told, forget,
    failed: (id, ack, column) => {
      if (ack.ok || !store.get('question', id)) return
      const what = typeof ack.what === 'string' ? ack.what : ''
      const by = typeof ack.by === 'string' ? ack.by : null
      note(id, () => (ack.code === 'changed' ? t('desk-changed', { name: who(what, by), did: did(what) }) : say(ack)), column)
    },
    left: (id, column) => {
      const what = LED_BY[store.get('question', id)?.state ?? '']
      if (what) note(id, () => t('desk-just', { name: who(what, store.get('question', id)?.reviewed_by), did: did(what) }), column)
    },
  }
}
