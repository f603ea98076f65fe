/* The form of a questionnaire: one sheet a household, kept until the server has it. */
import '@/style/room.css'
import './questionnaire.css'
import { openScreen } from '@/room'
import Questionnaire from './Questionnaire.vue'

void openScreen(Questionnaire, {
  'zh-CN': () => import('catalogue:zh-CN/questionnaire+findings+homes+why'),
  en: () => import('catalogue:en/questionnaire+findings+homes+why'),
})
