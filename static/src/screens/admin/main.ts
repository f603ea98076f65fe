/* The administration: what a council needs before it can be held. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/admin/admin.css'
import { openPage } from '@/room'
import Admin from './Admin.vue'

void openPage(Admin, {
  'zh-CN': () => import('catalogue:zh-CN/admin'),
  en: () => import('catalogue:en/admin'),
})
