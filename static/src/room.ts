/* How a screen comes to life: catalogue, store and link made once, handed down to every part. */
import { createApp, inject, onScopeDispose, ref, type Component, type InjectionKey, type Ref } from 'vue'
import { addCatalogue, t } from './i18n'
import { Link } from './link'
import { tell } from './notices'
import { say } from './say'
import { first } from './session'
import { Store } from './store'
import type { Ack, Wish } from './things'

/** What every part is handed. */
export interface RoomHere { store: Store, link: Link }

const HERE: InjectionKey<RoomHere> = Symbol('room')

export function useRoom(): RoomHere {
  const here = inject(HERE)
  if (!here) throw new Error('useRoom() outside a screen')
  return here
}

/** Give a command and tell the person when it was refused. True when the record has it. */
export function useGive(): (wish: Wish, how?: { stay?: boolean, done?: string }) => Promise<boolean> {
  const { link } = useRoom()
  return async (wish, { stay, done } = {}) => {
    const ack: Ack = await link.give(wish, { stay })
    if (!ack.ok) tell(say(ack), 'bad')
    else if (done) tell(done, 'good')
    return ack.ok
  }
}

/** The server's clock, ticking each second while the part is on the page. */
export function useNow(): Ref<number> {
  const { store } = useRoom()
  const now = ref(store.now())
  const timer = setInterval(() => { now.value = store.now() }, 1_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

type Words = Record<string, () => Promise<{ default: string }>>

/** The catalogue of the page's language; zh-CN where a language is not known. */
export async function loadWords(words: Words): Promise<void> {
  const load = words[first.lang] ?? words['zh-CN']
  if (load) addCatalogue((await load()).default)
}

/** Draw a screen with a live room into #app. What the server drew there stays readable until this is ready. */
export async function openScreen(screen: Component, words: Words): Promise<RoomHere> {
  await loadWords(words)
  const store = new Store(first)
  const here = { store, link: new Link(store) }
  const app = createApp(screen)
  app.provide(HERE, here)
  app.config.errorHandler = (error) => {
    console.error(error)
    tell(t('common-broken'), 'bad')
  }
  app.mount('#app')
  return here
}

/** Draw a screen without a room (administration, a device check) into #app. */
export async function openPage(screen: Component, words: Words): Promise<void> {
  await loadWords(words)
  createApp(screen).mount('#app')
}
