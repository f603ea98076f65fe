/* The keys of the picture. They work while the focus is in it, so that no letter means something elsewhere
   (WCAG 2.1.4), and never while something is typed or a control of its own takes the key. */

export interface Keys {
  toggle(): void
  back(seconds: number): void
  sound(): void
  full(): void
  captions(): void
}

const STEP_S = 10

export function onKey(event: KeyboardEvent, keys: Keys): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  const at = event.target as HTMLElement
  const typed = at.matches('input, textarea, select')
  const deeds: Record<string, (() => void) | undefined> = {
    ' ': at.matches('button, a, summary') || typed ? undefined : keys.toggle,
    ArrowLeft: typed ? undefined : () => keys.back(STEP_S),
    ArrowRight: typed ? undefined : () => keys.back(-STEP_S),
    m: keys.sound,
    f: keys.full,
    c: keys.captions,
  }
  const deed = at.matches('input:not([type=range]), textarea, select') ? undefined : deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (!deed) return
  event.preventDefault()
  deed()
}
