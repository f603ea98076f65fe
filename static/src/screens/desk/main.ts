/* The moderation desk: review, queue, stage, and the keys that make it quick. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/desk/sheet.css'
import './desk.css'
import { openScreen } from '@/room'
import Desk from './Desk.vue'

void openScreen(Desk, {
  'zh-CN': () => import('catalogue:zh-CN/desk+people+watch+halt+polls'),
  en: () => import('catalogue:en/desk+people+watch+halt+polls'),
})
