/* What goes into the picture and who is named under it: scene, material, speaker, question, proof code. */
import { computed, reactive, ref, shallowRef, watch, watchEffect } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import type { Store } from '@/store'
import type { Broadcast } from '@/studio/broadcast'
import { HALL } from '@/studio/mix'
import type { Scene } from '@/studio/stage'
import type { Backstage } from './backstage'

export interface Page { name: string, image: HTMLCanvasElement }

/** Quieter than this is the room, not a voice. */
const HEARD = 0.04
/** The picture changes to another voice only if it is so much louder, and not more often than so. */
const LOUDER = 1.5
const KEEP_MS = 1_500
const MOST_PAGES = 60
const PAGE_BYTES = 20_000_000
/** Larger pages are made smaller once: drawn anew for every picture they would take the machine's time. */
const WIDEST = 1920
/** The code under the picture changes seldom: who writes it down needs time to. */
const PROOF_MS = 60_000
const NEEDS_MATERIAL: Scene[] = ['material', 'inset']

export function usePicture(store: Store, broadcast: Broadcast, { hall, server }: Backstage) {
  const { stage, capture } = broadcast
  const scene = ref<Scene>('camera')
  const sharing = ref(false)
  const pages = shallowRef<Page[]>([])
  const page = ref(0)
  /** Person named in the strip; empty: whoever answers, speaks or hosts. */
  const named = ref('')
  const speaking = ref(HALL)
  const on = reactive({ sound: true, camera: true, strip: true })
  const meeting = computed(() => store.get('meeting'))
  const material = computed(() => sharing.value || pages.value.length > 0)
  let changedAt = 0

  // Scenes and material

  function show(next: Scene): void {
    if (NEEDS_MATERIAL.includes(next) && !material.value) return tell(t('studio-material-none'))
    scene.value = next
  }

  async function share(): Promise<void> {
    if (capture.sharing) {
      capture.stopSharing()
      return left()
    }
    if (!('getDisplayMedia' in (navigator.mediaDevices ?? {}))) return tell(t('studio-share-cannot'), 'bad')
    sharing.value = await capture.share()
    if (sharing.value && !NEEDS_MATERIAL.includes(scene.value)) show('beside')
  }

  /** The screen is no longer shared. */
  function left(): void {
    sharing.value = false
    if (!material.value && NEEDS_MATERIAL.includes(scene.value)) show('camera')
  }

  async function pick(files: FileList | null): Promise<void> {
    const chosen = Array.from(files ?? []).slice(0, MOST_PAGES)
    const read = await Promise.all(chosen.map(picture))
    const good = read.filter((one): one is Page => one !== null)
    if (good.length < chosen.length) tell(t('studio-material-refused', { n: chosen.length - good.length }), 'bad')
    if (!good.length) return
    clear()
    pages.value = good
    turn(0)
    if (!NEEDS_MATERIAL.includes(scene.value)) show('beside')
  }

  function turn(to: number): void {
    page.value = Math.max(0, Math.min(pages.value.length - 1, to))
    stage.material = pages.value[page.value]?.image ?? null
  }

  function clear(): void {
    pages.value = []
    stage.material = null
    if (!material.value && NEEDS_MATERIAL.includes(scene.value)) show('camera')
  }

  // Who is named

  /** Called with the sound's beat, ten times a second. */
  function listen(): void {
    const { mix } = capture
    const keys = [HALL, ...stage.seated]
    const loud = keys.map((key) => ({ key, level: mix.isMuted(key) ? 0 : mix.level(key) })).reduce((a, b) => (b.level > a.level ? b : a))
    const now = performance.now()
    if (!keys.includes(speaking.value)) speaking.value = HALL
    if (loud.key === speaking.value || loud.level < HEARD || now - changedAt < KEEP_MS) return
    if (loud.level < LOUDER * mix.level(speaking.value)) return
    speaking.value = stage.speaking = loud.key
    changedAt = now
  }

  const people = computed(() => store.all('person').filter((one) => one.role && one.name))
  const badge = (one: { badge?: string | null, title?: string | null, role?: string }): string => one.badge || one.title || (one.role ? t(`common-role-${one.role}`) : '')
  const host = computed(() => {
    const name = meeting.value?.host ?? ''
    const known = people.value.find((one) => one.name === name)
    return { name, badge: known ? badge(known) : name && t('common-role-host') }
  })
  const speaker = computed<{ name: string, badge: string }>(() => {
    const chosen = people.value.find((one) => one.id === named.value)
    if (chosen) return { name: chosen.name ?? '', badge: badge(chosen) }
    const guest = stage.seatOf(speaking.value)
    if (guest && scene.value !== 'camera') return { name: guest.name, badge: guest.badge }
    const answering = store.all('answer').filter((one) => one.started_at && !one.stopped_at && !one.written)
    if (answering.length) {
      const latest = answering.reduce((a, b) => (b.started_at! > a.started_at! ? b : a))
      return { name: latest.name, badge: badge(latest) }
    }
    return host.value
  })
  const asked = computed(() => store.all('question').find((one) => one.state === 'on_air'))

  // What ties the picture to the record, and the way in for those who watch elsewhere

  const proof = ref('')
  let provedAt = -Infinity
  watch(hall, (told) => {
    if (!told || performance.now() - provedAt < PROOF_MS) return
    provedAt = performance.now()
    proof.value = t('studio-proof', { seq: told.proof.seq, link: told.proof.link })
  })
  const outside = computed(() => server.value?.push?.on === true)
  const qr = new Image()
  watch(outside, (push) => { if (push && !qr.src) qr.src = `/qr/${meeting.value?.id ?? ''}.svg` }, { immediate: true })

  watchEffect(() => {
    const question = asked.value ? t('studio-strip-question', { n: asked.value.number ?? 0, text: asked.value.text }) : ''
    stage.host = host.value
    stage.title = on.strip
      ? { ...speaker.value, question, code: proof.value, qr: outside.value ? qr : null }
      : { name: '', badge: '', question: '', code: '', qr: null }
  })
  watchEffect(() => {
    const paused = meeting.value?.phase === 'paused'
    const title = paused ? 'studio-card-paused' : scene.value === 'card' ? 'studio-card-back-soon' : 'studio-card-no-camera'
    stage.card = { title: t(title), line: meeting.value?.title ?? '' }
  })
  watch(() => on.sound, (want) => capture.setSound(want))
  watch(() => on.camera, (want) => { stage.camera = want })
  watch(scene, (next) => { stage.scene = next })
  // Paused here or at the desk: the card comes by itself, and goes.
  let before: Scene = 'camera'
  watch(() => meeting.value?.phase === 'paused', (paused) => {
    if (paused) {
      before = scene.value === 'card' ? 'camera' : scene.value
      show('card')
    } else if (scene.value === 'card') show(before)
  }, { immediate: true })

  return { scene, sharing, pages, page, named, on, people, badge, speaker, material, meeting, show, share, left, pick, turn, clear, listen, asked, proof, outside }
}

async function picture(file: File): Promise<Page | null> {
  if (!file.type.startsWith('image/') || file.size > PAGE_BYTES) return null
  const image = new Image()
  image.src = URL.createObjectURL(file)
  try {
    await image.decode()
    const scale = Math.min(1, WIDEST / image.naturalWidth, WIDEST / image.naturalHeight)
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale))
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale))
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return { name: file.name, image: canvas }
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(image.src)
  }
}
