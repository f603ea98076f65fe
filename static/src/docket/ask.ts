/* Commands of the desk told in words: what a docket refuses is said with what to do about it. */
import { tell } from '@/notices'
import { useRoom } from '@/room'
import type { Ack, Wish } from '@/things'
import { sayWhy } from '@/why'

/** Give a command; a refusal is told, and handed back. */
export function useDeed(): (wish: Wish, done?: string) => Promise<Ack> {
  const { link } = useRoom()
  return async (wish, done) => {
    const ack = await link.give(wish)
    if (!ack.ok) tell(sayWhy(ack), 'bad')
    else if (done) tell(done, 'good')
    return ack
  }
}
