/* The archive's page comes alive: the player, the transcript that follows it, jumps by tap, words found as they are
   typed. Everything is there to read before this runs; this only adds to what the server drew. */
import '@/style/tokens.css'
import '@/style/base.css'
import '@/style/ledger.css'
import '@/style/findings.css'
import './archive.css'
import { addCatalogue, t } from '@/i18n'
import { toggleBig } from '@/look'
import { first } from '@/session'
import { watchTabs, shortenAnswers } from './layout'
import { findAsTyped } from './find'
import { followPlayer } from './follow'
import { openReplay } from './replay'
import { copyMoment } from './moment'
import { offerFilms } from './films'
import { offerResults } from './handed'
import { offerVeil } from './veil'

const words: Record<string, () => Promise<{ default: string }>> = {
  'zh-CN': () => import('catalogue:zh-CN/archive'),
  en: () => import('catalogue:en/archive'),
}

function bigText(): void {
  document.getElementById('big')?.addEventListener('click', (event) => {
    event.preventDefault()
    toggleBig()
  })
}

function printing(): void {
  const button = document.getElementById('print')
  if (!button) return
  button.hidden = false
  button.addEventListener('click', () => print())
}

async function open(): Promise<void> {
  bigText()
  if (!document.querySelector('main[data-record]')) return
  printing()
  watchTabs()
  addCatalogue((await (words[first.lang] ?? words['zh-CN']!)()).default)
  shortenAnswers()
  findAsTyped(t)
  offerFilms(t)
  offerResults(t)
  const replay = openReplay()
  if (!replay) return
  followPlayer(replay)
  copyMoment(replay, t)
  offerVeil(replay, t)
}

void open()
