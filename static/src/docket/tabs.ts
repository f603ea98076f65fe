/* The tabs of the docket's desk. One line here and a `docket-tab-…` in the catalogue make a tab; it is fetched, with
   its own words, when it is first looked at. */
import { defineAsyncComponent, type Component } from 'vue'
import { addCatalogue } from '@/i18n'
import { piece } from '@/piece'
import { first } from '@/session'

type Words = () => Promise<{ default: string }>

export interface DocketTab {
  name: string
  /** Who sees it; left out: everybody of the desk. */
  roles?: string[]
  view: Component
}

/** A view that comes with the words of its own area. */
function later(view: () => Promise<{ default: Component }>, words: Record<string, Words>): Component {
  return defineAsyncComponent(() => piece(async () => {
    const [part, text] = await Promise.all([view(), (words[first.lang] ?? words['zh-CN']!)()])
    addCatalogue(text.default)
    return part
  }))
}

const alone = (view: () => Promise<{ default: Component }>): Component => defineAsyncComponent(() => piece(view))

/** Papers, letters and service say much the same. */
const PAPER = { 'zh-CN': () => import('catalogue:zh-CN/+docket-paper'), en: () => import('catalogue:en/+docket-paper') }

export const TABS: DocketTab[] = [
  { name: 'motions', view: alone(() => import('./motions/Tab.vue')) },
  { name: 'count', view: alone(() => import('./count/Tab.vue')) },
  {
    name: 'roster',
    view: later(() => import('./roster/Tab.vue'), { 'zh-CN': () => import('catalogue:zh-CN/+docket-roster'), en: () => import('catalogue:en/+docket-roster') }),
  },
  { name: 'proxies', view: later(() => import('./proxies/Tab.vue'), PAPER) },
  { name: 'service', view: later(() => import('./service/Tab.vue'), PAPER) },
  { name: 'paper', view: later(() => import('./paper/Tab.vue'), PAPER) },
  {
    name: 'questionnaires',
    view: later(() => import('./questionnaires/Tab.vue'), { 'zh-CN': () => import('catalogue:zh-CN/+docket-questionnaires+questionnaire+findings'), en: () => import('catalogue:en/+docket-questionnaires+questionnaire+findings') }),
  },
  { name: 'rules', view: alone(() => import('./rules/Tab.vue')) },
]
export { later }
