/* A part of the page that is fetched later. A line that is away when it is wanted must not leave a hole. */

const LONGEST_MS = 15_000

/** What `load` gives; where it fails, tried again when the line is back, or after a growing while. */
export async function piece<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      return await load()
    } catch {
      await lineBack(wait)
    }
  }
}

function lineBack(wait: number): Promise<void> {
  return new Promise((done) => {
    const go = (): void => {
      clearTimeout(timer)
      removeEventListener('online', go)
      done()
    }
    const timer = setTimeout(go, wait)
    addEventListener('online', go)
  })
}
