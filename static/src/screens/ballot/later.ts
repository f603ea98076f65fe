/* What the ballot needs once something is in, opened or over; fetched as soon as the page stands, so that it is there
   when the line is not. */
import { addCatalogue } from '@/i18n'
import { piece } from '@/piece'
import { first } from '@/session'

export { default as FullText } from '@/parts/ballots/FullText.vue'
export { default as Kept } from '@/parts/ballots/Kept.vue'
export { default as Receipt } from '@/parts/ballots/Receipt.vue'
export { default as Save } from '@/parts/ballots/Save.vue'
export { default as Secrecy } from '@/parts/ballots/Secrecy.vue'
export { default as Homes } from '@/parts/homes/Homes.vue'
export { default as TallyResult } from '@/parts/tally/Result.vue'

const words = (): Promise<{ default: string }> =>
  (first.lang === 'en' ? import('catalogue:en/+homes+votes') : import('catalogue:zh-CN/+homes+votes'))

export const ready = piece(words).then((one) => addCatalogue(one.default))
