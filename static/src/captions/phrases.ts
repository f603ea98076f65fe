/* Phrases a scribe puts in with one key; edited as plain lines, kept in this browser. */
import { computed, ref } from 'vue'
import { t } from '@/i18n'
import { keep, kept } from '@/kept'

/** Keys no input method takes. F1, F5, F11 and F12 are the browser's. */
export const PHRASE_KEYS = ['F2', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9', 'F10'] as const
const GIVEN = 8
const MOST = 40
const DRAWER = 'captions.phrases'
/** Stands for the name of who is speaking. */
const NAME = '@'

export function usePhrases() {
  const given = Array.from({ length: GIVEN }, (_, at) => t(`captions-phrase-${at + 1}`))
  const list = ref<string[]>(kept(DRAWER, given))
  return {
    list: computed(() => list.value.map((text, at) => ({ text, key: PHRASE_KEYS[at] as string | undefined }))),
    lines: (): string => list.value.join('\n'),
    /** Nothing written: the given ones again. */
    write: (text: string): void => {
      const lines = text.split('\n').map((line) => line.trim().slice(0, 200)).filter(Boolean).slice(0, MOST)
      list.value = lines.length ? lines : given
      keep(DRAWER, lines.length ? lines : null)
    },
    of: (key: string): string | undefined => list.value[(PHRASE_KEYS as readonly string[]).indexOf(key)],
    said: (phrase: string, name: string): string => phrase.split(NAME).join(name),
  }
}
