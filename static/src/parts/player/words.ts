/* The player's own words come with it: no first glance needs them. */
import { ref } from 'vue'
import { addCatalogue } from '@/i18n'
import { piece } from '@/piece'
import { first } from '@/session'

/** Whether they are here. */
export const worded = ref(false)

const load = (): Promise<{ default: string }> =>
  (first.lang === 'en' ? import('catalogue:en/+player') : import('catalogue:zh-CN/+player'))

void piece(load).then((one) => {
  addCatalogue(one.default)
  worded.value = true
})
