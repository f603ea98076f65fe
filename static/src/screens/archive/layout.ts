/* Which part of the archive is in sight, and a list of answers that is short until asked for whole. */
import { t } from '@/i18n'

/** Cards shown before "show all": two rows on a wide page. */
const FIRST = 4

export function watchTabs(): void {
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>('#tabs a'))
  const parts = links.map((link) => document.getElementById(link.hash.slice(1)))
  if (!('IntersectionObserver' in window)) return
  const inSight = new Set<Element>()
  const observer = new IntersectionObserver((changes) => {
    changes.forEach(({ target, isIntersecting }) => (isIntersecting ? inSight.add(target) : inSight.delete(target)))
    const at = parts.findIndex((part) => part && inSight.has(part))
    if (at < 0) return
    links.forEach((link, place) => (place === at ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current')))
  }, { rootMargin: '-15% 0px -55% 0px' })
  parts.forEach((part) => part && observer.observe(part))
}

export function shortenAnswers(): void {
  const [list, row] = [document.getElementById('qa'), document.getElementById('all')]
  if (!list || !row || list.querySelectorAll('article').length <= FIRST) return
  const whole = (): void => {
    list.classList.remove('short')
    row.hidden = true
  }
  const toCard = (): void => {
    if (!/^#q\d+$/.test(location.hash)) return
    whole()
    document.getElementById(location.hash.slice(1))?.scrollIntoView()
  }
  list.classList.add('short')
  row.hidden = false
  row.querySelector('button')!.textContent = t('archive-all-answers', { n: list.querySelectorAll('article').length })
  row.addEventListener('click', () => {
    whole()
    list.querySelector<HTMLElement>(`article:nth-of-type(${FIRST + 1}) h3`)?.focus()
  })
  addEventListener('hashchange', toCard)
  addEventListener('beforeprint', whole)
  toCard()
}
