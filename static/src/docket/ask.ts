/* Commands of the desk, and the words for one that was refused: the field and what it has to be, or why it cannot be. */
import { date, has, t } from '@/i18n'
import { tell } from '@/notices'
import { useRoom } from '@/room'
import type { Ack, Wish } from '@/things'
import { sayWhy } from '@/why'

export function fault(ack: Extract<Ack, { ok: false }>): string {
  const { field, missing, earliest } = ack
  if (Array.isArray(missing)) return t('docket-wrong-missing', { what: missing.map((one) => t(`votes-missing-${one}`)).join(t('docket-comma')) })
  const key = `docket-wrong-${String(field)}`
  if (ack.code !== 'unclear' || ack.why || !has(key)) return sayWhy(ack)
  return t(key, { ...ack, earliest: typeof earliest === 'number' ? date(earliest) : '' })
}

/** Give a command; a refusal is told at the side, and handed back. */
export function useDeed(): (wish: Wish, done?: string) => Promise<Ack> {
  const { link } = useRoom()
  return async (wish, done) => {
    const ack = await link.give(wish)
    if (!ack.ok) tell(fault(ack), 'bad')
    else if (done) tell(done, 'good')
    return ack
  }
}

/** Give a command of a form; the sentence to show in it where it was refused, null where the record has it. */
export function useDo(): (wish: Wish) => Promise<string | null> {
  const { link } = useRoom()
  return async (wish) => {
    const ack = await link.give(wish)
    return ack.ok ? null : fault(ack)
  }
}
