/* One line of captions being typed: when its words were said, who said them, what others see of it meanwhile. */
import { computed, onMounted, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import { newId } from '@/ids'
import { useGive, useRoom } from '@/room'
import type { Caption } from '@/things'
import type { Voices } from './voices'

const HALF_MS = 400
/** A line is not held for words of more than an hour ago; a scribe who stopped in mid-line went for tea. */
const STALE_MS = 120_000

export interface Mending { id: string, text: string }

export interface Typist {
  line: Ref<string>
  /** The scribe begins to write: the words are being said now. */
  begin: () => void
  send: () => Promise<void>
  /** My lines that the record does not have yet, oldest first. */
  unsent: ComputedRef<{ key: string, text: string }[]>
  /** What somebody else is typing, or a recogniser guesses. */
  others: ComputedRef<{ text: string, speaker_name?: string | null, heard?: boolean } | null>
  /** The line that is being put right, and how far. */
  mending: Ref<Mending | null>
  correct: (id: string, text: string) => Promise<boolean>
}

/** `heard` tells when what the scribe hears now was said, ms UTC: in the hall now, at home a few seconds ago. */
export function useTypist(voices: Voices, heard: () => number): Typist {
  const { store, link } = useRoom()
  const give = useGive()
  const line = ref('')
  const mending = ref<Mending | null>(null)
  const mine = ref('')
  let begun: number | null = null
  let touched = 0
  let timer = 0

  function begin(): void {
    if (begun === null || (!line.value && store.now() - touched > STALE_MS)) begun = heard()
    touched = store.now()
  }

  function tell(): void {
    timer = 0
    const text = line.value.trim()
    if (text === mine.value) return
    mine.value = text
    link.breathe({ captions: text ? { text, at: begun ?? heard(), ...voices.voice.value?.as } : null })
  }

  watch(line, (text) => {
    if (text) begin()
    else begun = null
    if (!text && timer) {
      clearTimeout(timer)
      tell()
    } else if (!timer) timer = window.setTimeout(tell, HALF_MS)
  })

  async function send(): Promise<void> {
    const text = line.value.trim()
    if (!text) return
    const at = Math.min(begun ?? heard(), store.now())
    begun = null
    line.value = ''
    // It is kept and sent again until the record has it: its time stands already.
    const sent = await give({ type: 'caption.say', id: newId(store.now()), text, at: Math.round(at), ...voices.voice.value?.as }, { stay: true })
    if (!sent && !line.value) line.value = text
  }

  const before = link.writing
  onMounted(() => { link.writing = () => Boolean(line.value) || mending.value !== null || before() })
  onUnmounted(() => {
    clearTimeout(timer)
    link.writing = before
    if (mine.value) link.breathe({ captions: null })
  })

  return {
    line,
    begin,
    send,
    unsent: computed(() => store.intents.value
      .filter((one) => one.wish.type === 'caption.say' && !store.get('caption', String(one.wish.id)))
      .map((one) => ({ key: one.key, text: String(one.wish.text) }))),
    others: computed(() => (store.air.captions?.text && store.air.captions.text !== mine.value ? store.air.captions : null)),
    mending,
    correct: (id, text) => give({ type: 'caption.correct', id, text }),
  }
}

/** Captions in the order in which they were said, the last `most` of them. */
export function lastCaptions(all: Caption[], most: number): Caption[] {
  return all.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(-most)
}
