/* The owner's page of a roster: what is published for correction, one's own line, objections, the proof once frozen. */
import '@/style/room.css'
import './roster.css'
import { openScreen } from '@/room'
import Roster from './Roster.vue'

void openScreen(Roster, {
  'zh-CN': () => import('catalogue:zh-CN/docket-roster+homes+why'),
  en: () => import('catalogue:en/docket-roster+homes+why'),
})
