/* The docket's desk: motions of the owners from the draft to the final result, and what belongs to them. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/admin/admin.css'
import './docket.css'
import { openScreen } from '@/room'
import Docket from './Docket.vue'

void openScreen(Docket, {
  'zh-CN': () => import('catalogue:zh-CN/docket+why+votes'),
  en: () => import('catalogue:en/docket+why+votes'),
})
