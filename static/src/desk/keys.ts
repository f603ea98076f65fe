/* The keys of the desk, in one table: it is what listens, what the help draws, and what stands on the buttons. */
import { onMounted, onUnmounted, type Ref } from 'vue'

export type Does =
  | 'down' | 'up' | 'left' | 'right' | 'choose' | 'choose_down' | 'choose_up'
  | 'approve' | 'back' | 'edit' | 'merge' | 'give' | 'mute' | 'pin' | 'earlier' | 'later' | 'who' | 'label'
  | 'next' | 'finish' | 'defer' | 'ledger'
  | 'halt' | 'hold' | 'watch' | 'poll' | 'caption' | 'search' | 'undo' | 'help'

export interface Key {
  does: Does
  /** `KeyboardEvent.key`, letters in lower case. */
  press: readonly string[]
  /** What stands on the key cap; `desk-cap-*` where it is a word. */
  face: readonly string[]
  group: 'move' | 'review' | 'queue' | 'stage' | 'all'
  shift?: boolean
  ctrl?: boolean
}

export const KEYS: readonly Key[] = [
  { does: 'down', press: ['j', 'arrowdown'], face: ['J'], group: 'move' },
  { does: 'up', press: ['k', 'arrowup'], face: ['K'], group: 'move' },
  { does: 'left', press: ['h', 'arrowleft'], face: ['H'], group: 'move' },
  { does: 'right', press: ['l', 'arrowright'], face: ['L'], group: 'move' },
  { does: 'choose', press: [' '], face: ['space'], group: 'move' },
  { does: 'choose_down', press: ['j', 'arrowdown'], shift: true, face: ['Shift', 'J'], group: 'move' },
  { does: 'choose_up', press: ['k', 'arrowup'], shift: true, face: ['Shift', 'K'], group: 'move' },
  { does: 'approve', press: ['a'], face: ['A'], group: 'review' },
  { does: 'back', press: ['x'], face: ['X'], group: 'review' },
  { does: 'edit', press: ['e'], face: ['E'], group: 'review' },
  { does: 'merge', press: ['m'], face: ['M'], group: 'review' },
  { does: 'give', press: ['s'], face: ['S'], group: 'review' },
  { does: 'mute', press: ['u'], face: ['U'], group: 'review' },
  { does: 'who', press: ['i'], face: ['I'], group: 'review' },
  { does: 'pin', press: ['p'], face: ['P'], group: 'queue' },
  { does: 'label', press: ['g'], face: ['G'], group: 'queue' },
  { does: 'earlier', press: ['['], face: ['['], group: 'queue' },
  { does: 'later', press: [']'], face: [']'], group: 'queue' },
  { does: 'next', press: ['n'], face: ['N'], group: 'stage' },
  { does: 'finish', press: ['enter'], face: ['enter'], group: 'stage' },
  { does: 'defer', press: ['w'], face: ['W'], group: 'stage' },
  { does: 'ledger', press: ['t'], face: ['T'], group: 'stage' },
  { does: 'hold', press: ['d'], face: ['D'], group: 'review' },
  { does: 'halt', press: ['q'], shift: true, face: ['Shift', 'Q'], group: 'all' },
  { does: 'watch', press: ['r'], face: ['R'], group: 'all' },
  { does: 'poll', press: ['v'], face: ['V'], group: 'all' },
  { does: 'caption', press: ['c'], face: ['C'], group: 'all' },
  { does: 'search', press: ['/'], face: ['/'], group: 'all' },
  { does: 'undo', press: ['z'], ctrl: true, face: ['Ctrl', 'Z'], group: 'all' },
  { does: 'help', press: ['?', '？'], face: ['?'], group: 'all' },
]

/** The line at the foot: keys that belong together in one word. */
export const FOOT: readonly (readonly Does[])[] = [
  ['down', 'up'], ['left', 'right'], ['choose'], ['approve'], ['back'], ['merge'], ['pin'], ['mute'], ['next'], ['poll'], ['undo'],
]

export const GROUPS = ['move', 'review', 'queue', 'stage', 'all'] as const

export const faceOf = (does: Does): readonly string[] => KEYS.find((key) => key.does === does)?.face ?? []

const WRITES = 'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]'
const PRESSED = 'button, a[href], summary, input, [role=tab]'

/** Whether this press belongs to what is being written, to an input method, or to a focused control. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return true
  const target = event.target instanceof Element ? event.target : document.body
  if (target.closest(WRITES)) return true
  return (event.key === ' ' || event.key === 'Enter') && target.closest(PRESSED) !== null
}

/** The row of the table for this press, or undefined. A sign that needs Shift on one keyboard is one key like others. */
export function keyFor(event: KeyboardEvent): Key | undefined {
  if (event.altKey) return undefined
  const pressed = event.key.toLowerCase()
  const command = event.ctrlKey || event.metaKey
  const letter = /^[a-z]$|^arrow/.test(pressed)
  return KEYS.find((key) => key.press.includes(pressed) && Boolean(key.ctrl) === command
    && (!letter || Boolean(key.shift) === event.shiftKey))
}

/** Listen while the part is there. Off while typing, while a sheet is open, or where the person switched it off. */
export function useKeys(acts: Record<Does, () => void>, on: Ref<boolean>): void {
  const listen = (event: KeyboardEvent): void => {
    if (!on.value || belongsElsewhere(event) || document.querySelector('dialog[open]')) return
    const key = keyFor(event)
    if (!key) return
    event.preventDefault()
    acts[key.does]()
  }
  onMounted(() => document.addEventListener('keydown', listen))
  onUnmounted(() => document.removeEventListener('keydown', listen))
}
