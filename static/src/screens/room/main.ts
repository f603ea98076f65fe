/* The live room, phone first. */
import '@/style/room.css'
import { openScreen } from '@/room'
import Room from './Room.vue'

void openScreen(Room, {
  'zh-CN': () => import('catalogue:zh-CN/room'),
  en: () => import('catalogue:en/room'),
})
