/* The ballot of one motion on a phone: choose, look once more, send, keep the receipt. */
import '@/style/room.css'
import './ballot.css'
import { openScreen } from '@/room'
import Ballot from './Ballot.vue'

void openScreen(Ballot, {
  'zh-CN': () => import('catalogue:zh-CN/ballot+why'),
  en: () => import('catalogue:en/ballot+why'),
})
