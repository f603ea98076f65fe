/* The host's studio: check the devices, go live, keep an eye on the line. */
import '@/style/tokens.css'
import '@/style/base.css'
import './studio.css'
import { openScreen } from '@/room'
import Studio from './Studio.vue'

void openScreen(Studio, {
  'zh-CN': () => import('catalogue:zh-CN/studio+stage+encoder+halt+polls'),
  en: () => import('catalogue:en/studio+stage+encoder+halt+polls'),
})
