/* The projector: seen from across a hall, touched by nobody, the same after a reload. */
import '@/style/tokens.css'
import '@/style/base.css'
import './screen.css'
import { openScreen } from '@/room'
import Screen from './Screen.vue'
import { stayAwake } from './awake'

document.documentElement.classList.toggle('night', new URLSearchParams(location.search).get('night') === '1')
stayAwake()
void openScreen(Screen, {
  'zh-CN': () => import('catalogue:zh-CN/screen+halt+polls+findings'),
  en: () => import('catalogue:en/screen+halt+polls+findings'),
})
