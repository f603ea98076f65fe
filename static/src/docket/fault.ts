/* The sentence for a command of the desk that was refused: the field and what it has to be, or why it cannot be. */
import { has, t } from '@/i18n'
import { inWords } from '@/admin/time'
import { useRoom } from '@/room'
import type { Ack, Wish } from '@/things'
import { sayWhy } from '@/why'

export function fault(ack: Extract<Ack, { ok: false }>): string {
  const { field, missing, earliest } = ack
  if (Array.isArray(missing)) return t('docket-wrong-missing', { what: missing.map((one) => t(`votes-missing-${one}`)).join(t('docket-comma')) })
  const key = `docket-wrong-${String(field)}`
  if (ack.code !== 'unclear' || ack.why || !has(key)) return sayWhy(ack)
  return t(key, { ...ack, earliest: typeof earliest === 'number' ? inWords(earliest) : '' })
}

/** Give a command of the desk; the sentence to show where it was refused, null where the record has it. */
export function useDo(): (wish: Wish) => Promise<string | null> {
  const { link } = useRoom()
  return async (wish) => {
    const ack = await link.give(wish)
    return ack.ok ? null : fault(ack)
  }
}
