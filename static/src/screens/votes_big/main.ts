/* A vote on the projector: the page is whole without script; this keeps clock and turnout going and the machine awake. */
import '@/style/tokens.css'
import '@/style/base.css'
import './big.css'
import { stayAwake } from '@/screens/screen/awake'
import { asked, show } from '@/screens/votes/fresh'

const EVERY_MS = 5_000
const hall = document.querySelector<HTMLElement>('.hall')
const clock = document.getElementById('clock')
const hours = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' })

async function look(address: string): Promise<void> {
  if (clock) clock.textContent = hours.format(new Date())
  const told = await asked(address)
  /* Without a line the last picture stays. */
  if (!told || !hall) return
  if (told.state !== hall.dataset.state || String(told.rounds) !== hall.dataset.rounds) window.location.reload()
  else show(told)
}

stayAwake()
if (hall?.dataset.turnout) {
  const address = hall.dataset.turnout
  window.setInterval(() => void look(address), EVERY_MS)
}
