/* What of a person goes out of this browser when they leave it. A ballot that was not sent yet stays: it was cast, and
   it goes on once whoever cast it has come in again. */

const unsent = (key: string): boolean => key.startsWith('sun.ballot.') && (localStorage.getItem(key) ?? '').includes('"state":"sending"')

/** Whether a ballot cast in this browser is still without an answer. */
export function ballotWaits(): boolean {
  try {
    return Object.keys(localStorage).some(unsent)
  } catch {
    return false
  }
}

/** All that was kept of a person, but their unsent ballots. */
export function forget(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('sun.') && !unsent(key)) localStorage.removeItem(key)
  } catch {
    /* nothing was kept */
  }
}
