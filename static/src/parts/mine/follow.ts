/* Tells each step of my questions once, as it happens, what else concerns me, and that my turn is near. */
import { watch } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import type { Store } from '@/store'
import { messageWords } from './words'

const NEAR = 2

/** Told by a message with its reason, so not once more by the bare state. */
const BY_MESSAGE = ['hidden', 'rejected', 'appealed']
/** Said by the sign that stays for as long as it holds. */
const BY_SIGN = ['mute', 'term', 'slow']
const GOOD = /(_lifted|_back|_upheld|_result|_kept)$/

export function followMine(store: Store): void {
  const known = new Set(store.all('message').map((one) => one.id))
  watch(() => store.all('message'), (all) => {
    all.filter((one) => !known.has(one.id)).sort((a, b) => a.at - b.at).forEach((one) => {
      known.add(one.id)
      // What I have just done myself was answered where I did it.
      if (one.word !== 'appealed' && !BY_SIGN.includes(one.word)) tell(messageWords(one), GOOD.test(one.word) ? 'good' : 'bad', undefined, true)
    })
  })
  watch(() => store.myQuestions().map((one) => [one.id, one.state] as const), (now, before) => {
    const was = new Map(before)
    now.forEach(([id, state]) => {
      const old = was.get(id)
      if (!old || old === state || state === 'withdrawn' || BY_MESSAGE.includes(state) || BY_MESSAGE.includes(old)) return
      tell(t('room-mine-moved', { state: t(`common-state-${state}`) }), 'good')
    })
  })
  const near = (): boolean => {
    const order = store.get('queue')?.order ?? []
    return order.slice(0, NEAR).some((id) => store.get('question', id)?.mine)
  }
  watch(near, (now) => {
    if (!now || store.get('meeting')?.phase !== 'live') return
    tell(t('room-mine-near'), 'good')
    /* Not on iOS, and on others only after a touch: it is an extra. */
    navigator.vibrate?.(200)
  })
}
