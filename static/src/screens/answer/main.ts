/* The answerer's console: the question in large type, what follows, private notes, answers owed in writing. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/desk/sheet.css'
import './answer.css'
import { openScreen } from '@/room'
import Answer from './Answer.vue'

void openScreen(Answer, {
  'zh-CN': () => import('catalogue:zh-CN/answer+halt'),
  en: () => import('catalogue:en/answer+halt'),
})
