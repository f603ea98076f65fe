/* Words found as they are typed, in transcript, questions and answers. The same question asked of the server (?q=)
   gives the same answer where no script runs. */

type Translate = (key: string, values?: Record<string, unknown>) => string

const WAIT_MS = 200

/** Hide what has not the words; says how many have. */
function sift(items: HTMLElement[], wanted: string): number {
  let found = 0
  for (const item of items) {
    const has = !wanted || (item.textContent ?? '').toLocaleLowerCase().includes(wanted)
    item.hidden = !has
    if (has) found += 1
  }
  return found
}

export function findAsTyped(t: Translate): void {
  const field = document.querySelector<HTMLInputElement>('#find')
  const told = document.getElementById('found')
  // A page the server has already sifted holds only what it found: there the form goes on asking the server.
  if (!field?.form || !told || field.value) return
  const lines = Array.from(document.querySelectorAll<HTMLElement>('#lines li'))
  const cards = Array.from(document.querySelectorAll<HTMLElement>('#qa article'))
  const search = (): void => {
    const wanted = field.value.trim().toLocaleLowerCase()
    document.getElementById('qa')?.classList.toggle('searched', wanted !== '')
    const found = sift(lines, wanted) + sift(cards, wanted)
    told.textContent = !wanted ? '' : found ? t('archive-found', { n: found }) : t('archive-nothing-found')
  }
  let timer = 0
  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = window.setTimeout(search, WAIT_MS)
  })
  field.form.addEventListener('submit', (event) => {
    event.preventDefault()
    search()
  })
}
