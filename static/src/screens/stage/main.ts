/* The guest's page: check the devices, wait behind the scene, be on the stage, leave. */
import '@/style/tokens.css'
import '@/style/base.css'
import './stage.css'
import { openScreen } from '@/room'
import Stage from './Stage.vue'

void openScreen(Stage, {
  'zh-CN': () => import('catalogue:zh-CN/stage+halt'),
  en: () => import('catalogue:en/stage+halt'),
})
