/* What this person is told in passing: shown for six seconds, found again under 消息 for as long as the page lives. */
import { shallowReactive } from 'vue'

export interface Notice { id: number, text: string, tone: 'plain' | 'good' | 'bad', at: number, undo?: { words: string, act: () => void }, kept?: boolean }

const SHOWN_MS = 6_000
/** What can be taken back is offered as long as it can be. */
const UNDO_MS = 10_000
const KEPT = 50

export const notices = shallowReactive<{ shown: Notice[], past: Notice[], unread: number }>({ shown: [], past: [], unread: 0 })
let count = 0

/** @param kept  it stands among the messages of the record, and is not listed twice */
export function tell(text: string, tone: Notice['tone'] = 'plain', undo?: Notice['undo'], kept = false): void {
  const notice: Notice = { id: (count += 1), text, tone, at: Date.now(), undo, kept }
  notices.shown = [...notices.shown.filter((one) => one.text !== text), notice].slice(-3)
  notices.past = [notice, ...notices.past].slice(0, KEPT)
  notices.unread += 1
  setTimeout(() => dismiss(notice.id), undo ? UNDO_MS : SHOWN_MS)
}

export function dismiss(id: number): void {
  notices.shown = notices.shown.filter((one) => one.id !== id)
}
