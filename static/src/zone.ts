/* Instants as a record has them: to the second, on the council's clock. The other ways to tell one are those of i18n.ts. */
import { telling } from './i18n'

/** 5月27日 14:05:12 */
export const instant = telling({ month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' })
