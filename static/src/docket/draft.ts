/* What is half written at the desk keeps its page from reloading itself: after a long look elsewhere, or a new release. */
import { onUnmounted } from 'vue'
import { useRoom } from '@/room'

/* A page may hold several forms at once, and a new one is set up before the old one is gone. */
const drafts = new Set<() => boolean>()

/** Follow a form: it is a draft while what it holds is not what it began with. */
export function useDraft(form: () => unknown): void {
  const { link } = useRoom()
  const begun = JSON.stringify(form())
  const changed = (): boolean => JSON.stringify(form()) !== begun
  drafts.add(changed)
  link.writing = () => [...drafts].some((one) => one())
  onUnmounted(() => drafts.delete(changed))
}
