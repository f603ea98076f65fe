/* Instants as the council's clock tells them, wherever this browser stands: what the notice says and what the screen says
   is one time. China keeps +08:00 all year. The same zone as server/web/language.py. */
import { first } from './session'

type Wish = Intl.DateTimeFormatOptions

const here = (wish: Wish): Intl.DateTimeFormat => new Intl.DateTimeFormat(first.lang, { timeZone: 'Asia/Shanghai', ...wish })
const hours: Wish = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const days: Wish = { month: 'long', day: 'numeric' }

const clocks = here(hours)
const dayWords = here(days)
const dates = here({ ...days, weekday: 'short', ...hours })
const instants = here({ ...days, ...hours, second: '2-digit' })

/** 19:30 */
export const clock = (at: number): string => clocks.format(at)
/** 5月16日 */
export const day = (at: number): string => dayWords.format(at)
/** 5月16日周六 19:30 */
export const date = (at: number): string => dates.format(at)
/** 5月27日 14:05:12 */
export const instant = (at: number): string => instants.format(at)
