/* Line and chapter now spoken are marked; the transcript keeps up with the picture until the reader scrolls it. */
import type { Replaying } from './replay'

interface Station { at: number, item: HTMLElement }

function stations(selector: string): Station[] {
  const found = Array.from(document.querySelectorAll<HTMLElement>(selector), (item) => {
    const timed = item.dataset.t === undefined ? item.querySelector<HTMLElement>('[data-t]') : item
    return { at: Number(timed?.dataset.t ?? 0), item }
  })
  return found.sort((a, b) => a.at - b.at)
}

/** The last one begun by this second; none before the first. */
function current(list: Station[], second: number): Station | undefined {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.at <= second + 0.05) low = middle + 1
    else high = middle
  }
  return list[low - 1]
}

/** Marks what is current among some stations; says whether it changed. */
function marker(list: Station[]): (second: number) => HTMLElement | null {
  let marked: HTMLElement | undefined
  return (second) => {
    const next = current(list, second)?.item
    if (next === marked) return null
    marked?.classList.remove('on')
    marked?.querySelector('a')?.removeAttribute('aria-current')
    next?.classList.add('on')
    next?.querySelector('a')?.setAttribute('aria-current', 'true')
    marked = next
    return next ?? null
  }
}

function intoSight(list: HTMLElement, line: HTMLElement): void {
  if (line.hidden) return
  const top = line.offsetTop
  // Only the list scrolls: scrollIntoView would move the page under the reader.
  if (top < list.scrollTop || top + line.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = Math.max(0, top - list.clientHeight / 4)
  }
}

function followButton(list: HTMLElement): () => boolean {
  const button = document.getElementById('follow')
  if (!button) return () => true
  let on = true
  const set = (wanted: boolean): void => {
    on = wanted
    button.setAttribute('aria-pressed', String(on))
  }
  button.hidden = false
  button.addEventListener('click', () => {
    set(!on)
    const line = list.querySelector<HTMLElement>('.on')
    if (on && line) intoSight(list, line)
  })
  for (const sign of ['wheel', 'touchmove'] as const) list.addEventListener(sign, () => set(false), { passive: true })
  list.addEventListener('keydown', (event) => {
    if (['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].includes(event.key)) set(false)
  })
  return () => on
}

/** The address of a second, so that it can be copied from the browser's own bar. */
function keepInAddress(second: number): void {
  const url = new URL(location.href)
  url.searchParams.set('t', String(Math.floor(second)))
  url.hash = ''
  history.replaceState(null, '', url)
}

export function followPlayer(replay: Replaying): void {
  const list = document.getElementById('lines')
  const following = list ? followButton(list) : () => false
  const markLine = marker(list ? stations('#lines li') : [])
  const markChapter = marker(stations('.chap li'))
  const chapters = document.querySelector<HTMLElement>('.chap')
  replay.onTime((second) => {
    const line = markLine(second)
    if (line && list && following()) intoSight(list, line)
    const chapter = markChapter(second)
    if (chapter && chapters && chapters.scrollWidth > chapters.clientWidth) {
      chapters.scrollLeft = chapter.offsetLeft - chapters.offsetLeft - 12
    }
  })
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>('a[data-t]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const second = Number(link.dataset.t)
    replay.jump(second)
    keepInAddress(second)
    if (!link.closest('#lines, .chap')) document.getElementById('player')?.scrollIntoView({ block: 'center' })
  })
}
