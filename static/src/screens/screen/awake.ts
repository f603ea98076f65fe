/* Keeps the machine behind the projector awake. A browser gives the lock back when the page was hidden: ask again. */

export function stayAwake(): void {
  const lock = (): void => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    // Refused on battery, or without a secure context: the hall's own settings have to do then.
    navigator.wakeLock.request('screen').catch(() => undefined)
  }
  document.addEventListener('visibilitychange', lock)
  lock()
}
