/* The scribe's console: what is said in the hall becomes captions, line by line, from the hall or from home. */
import '@/style/tokens.css'
import '@/style/base.css'
import './captions.css'
import { openScreen } from '@/room'
import Console from './Console.vue'

void openScreen(Console, {
  'zh-CN': () => import('catalogue:zh-CN/captions+player'),
  en: () => import('catalogue:en/captions+player'),
})
