/* How big and how bold this person reads. Cookies, so that the server draws the next page right at once. */
import { reactive } from 'vue'
import { keepCookie } from './kept'

/** Root sizes in CSS px; from 24 on the page is the elder version (长辈版). */
export const SIZES = [18, 22, 24, 30] as const
export type Size = (typeof SIZES)[number]
const BIG: Size = 24

const root = document.documentElement
const startSize = SIZES.find((size) => root.classList.contains(`size-${size}`)) ?? 18

export const look = reactive({ size: startSize as Size, contrast: root.classList.contains('hc') })

export const isBig = (): boolean => look.size >= BIG

export function setLook(change: { size?: Size, contrast?: boolean }): void {
  Object.assign(look, change)
  SIZES.forEach((size) => root.classList.toggle(`size-${size}`, size === look.size))
  root.classList.toggle('big', isBig())
  root.classList.toggle('hc', look.contrast)
  keepCookie('look', `${look.size}${look.contrast ? '.hc' : ''}`)
}

/** The one-tap button 大字: to the elder version and back. */
export const toggleBig = (): void => setLook({ size: isBig() ? 18 : BIG })

/** The whole page in another language: the server draws it anew. */
export function setLanguage(lang: string): void {
  keepCookie('lang', lang)
  const url = new URL(location.href)
  url.searchParams.delete('lang')
  location.replace(url)
}
