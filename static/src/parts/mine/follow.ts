/* Tells each step of my questions once, as it happens, and that my turn is near. */
import { watch } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import type { Store } from '@/store'

const NEAR = 2

export function followMine(store: Store): void {
  watch(() => store.myQuestions().map((one) => [one.id, one.state] as const), (now, before) => {
    const was = new Map(before)
    now.forEach(([id, state]) => {
      const old = was.get(id)
      if (!old || old === state || state === 'withdrawn') return
      tell(t('room-mine-moved', { state: t(`common-state-${state}`) }), ['hidden', 'rejected'].includes(state) ? 'bad' : 'good')
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
