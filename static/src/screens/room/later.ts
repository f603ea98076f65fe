/* What the room needs after the first glance, in one piece, with its words. */
import { addCatalogue } from '@/i18n'
import { piece } from '@/piece'
import { first } from '@/session'

export { default as Transcript } from '@/parts/captions/Transcript.vue'
export { default as Ask } from '@/parts/questions/Ask.vue'
export { followMine } from '@/parts/mine/follow'
export { default as Join } from '@/parts/joining/Join.vue'
export { default as Settings } from './More.vue'
export { default as Silenced } from '@/parts/mine/Silenced.vue'
export { default as Report } from '@/parts/mine/Report.vue'
export { default as Objection } from '@/parts/mine/Objection.vue'
export { default as Under } from '@/parts/questions/Under.vue'
export { default as Comments } from '@/parts/comments/Comments.vue'
export { default as Say } from '@/parts/comments/Say.vue'
export { default as Polls } from '@/parts/polls/Polls.vue'
export { default as Hand } from '@/parts/stage/Hand.vue'
export { default as Agenda } from './AgendaPane.vue'
export { default as Halted } from '@/halt/Card.vue'

const words = (): Promise<{ default: string }> =>
  (first.lang === 'en' ? import('catalogue:en/+room-later+people+halt+polls+homes+findings') : import('catalogue:zh-CN/+room-later+people+halt+polls+homes+findings'))

export const ready = piece(words).then((one) => addCatalogue(one.default))
