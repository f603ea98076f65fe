/* The studio as one thing the screen's pieces share: the engine, what it tells, and the acts of the host. */
import { computed, inject, onBeforeUnmount, onMounted, provide, reactive, ref, shallowRef, watch, watchEffect, type InjectionKey } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import { mediaOf } from '@/parts/player/player'
import { useGive, useNow, useRoom } from '@/room'
import { ask } from '@/session'
import { Broadcast, type Health } from '@/studio/broadcast'
import { NoCapture, type Devices, type Lack } from '@/studio/capture'
import type { Scene } from '@/studio/stage'

/** What the server says of the stream to those who may publish. */
export interface ServerHealth { state: string, holder: string, disk_free: number, unrecorded: boolean, recorded_s: number, bad_input: number }

/** asking: for the devices; check: ready to go; counting: 3-2-1; air: sending. */
export type Step = 'asking' | 'lacking' | 'check' | 'counting' | 'air'

const COUNT_S = 3
const HEALTH_MS = 5_000

/** Kept in this tab alone: a reload comes back to air by itself, another tab does not. */
const drawer = (record: string): string => `studio.${record}`
function remembered(record: string): { air?: boolean, camera?: string, microphone?: string } {
  try {
    return JSON.parse(sessionStorage.getItem(drawer(record)) ?? '{}') as object
  } catch {
    return {}
  }
}

function make() {
  const { store, link } = useRoom()
  const give = useGive()
  const now = useNow()
  const media = mediaOf(store.record)
  const broadcast = new Broadcast()
  const step = ref<Step>('asking')
  const lack = ref<Lack | 'codec' | null>(null)
  const count = ref(COUNT_S)
  const health = shallowRef<Health>({ line: 'idle', bitrate: 0, fps: 0, dropped: 0, unsafe_s: 0, unrecorded: false, peak: 0, holder: '' })
  const server = shallowRef<ServerHealth | null>(null)
  const devices = shallowRef<Devices>({ cameras: [], microphones: [] })
  const chosen = reactive({ camera: '', microphone: '' })
  const on = reactive({ sound: true, camera: true })
  const scene = ref<Scene>('camera')
  const sharing = ref(false)
  const stream = computed(() => store.get('stream')?.state ?? 'offline')
  const meeting = computed(() => store.get('meeting'))
  let timer = 0

  function remember(air: boolean): void {
    try {
      sessionStorage.setItem(drawer(store.record), JSON.stringify({ air, ...chosen }))
    } catch { /* a private window forgets: then the host presses the button again */ }
  }

  // Devices

  async function open(): Promise<void> {
    step.value = 'asking'
    lack.value = null
    const before = remembered(store.record)
    try {
      await broadcast.capture.open(before.camera, before.microphone)
      if (!(await broadcast.able())) throw new NoCapture('unsupported')
      chosen.camera = broadcast.capture.camera?.id ?? ''
      chosen.microphone = broadcast.capture.microphone?.id ?? ''
      devices.value = await broadcast.capture.devices()
      step.value = 'check'
      if (before.air && stream.value !== 'ended') goOnAir()
    } catch (error) {
      lack.value = error instanceof NoCapture ? error.why : 'busy'
      step.value = 'lacking'
    }
  }

  async function useCamera(id: string | null): Promise<void> {
    try {
      await broadcast.capture.useCamera(id)
      chosen.camera = broadcast.capture.camera?.id ?? ''
    } catch {
      tell(t('studio-camera-failed'), 'bad')
    }
    remember(step.value === 'air')
  }

  async function useMicrophone(id: string | null): Promise<void> {
    try {
      await broadcast.capture.useMicrophone(id)
      chosen.microphone = broadcast.capture.microphone?.id ?? ''
    } catch {
      tell(t('studio-microphone-failed'), 'bad')
    }
    remember(step.value === 'air')
  }

  broadcast.capture.onLost = (what) => {
    if (what === 'screen') {
      sharing.value = false
      if (scene.value === 'material') show('camera')
      return
    }
    tell(t(what === 'camera' ? 'studio-camera-lost' : 'studio-microphone-lost'), 'bad')
    if (what === 'camera') void useCamera(null)
    else void useMicrophone(null)
  }

  // On air

  function begin(): void {
    if (step.value !== 'check') return
    step.value = 'counting'
    count.value = COUNT_S
    timer = window.setInterval(() => {
      count.value -= 1
      if (count.value > 0) return
      clearInterval(timer)
      goOnAir()
      void startMeeting()
    }, 1_000)
  }

  function cancel(): void {
    clearInterval(timer)
    step.value = 'check'
  }

  function goOnAir(): void {
    step.value = 'air'
    remember(true)
    broadcast.start(media.publish)
  }

  /** Going live begins the meeting where it waits to begin; a technician only sends the picture. */
  async function startMeeting(): Promise<void> {
    const may = store.me.value?.roles.some((role) => role === 'host' || role === 'secretary')
    if (!may) return
    if (['announced', 'postponed'].includes(meeting.value?.phase ?? '')) await give({ type: 'meeting.open_lobby' })
    if (meeting.value?.phase === 'lobby') await give({ type: 'meeting.start' })
  }

  /** The picture ends; the meeting goes on. */
  async function stop(): Promise<void> {
    remember(false)
    await give({ type: 'stream.end' })
    broadcast.stop(true)
    step.value = 'check'
  }

  /** Here rather than in the other window, where it was opened later. */
  function takeBack(): void {
    broadcast.stop()
    goOnAir()
  }

  const pause = (): Promise<boolean> => give({ type: 'meeting.pause', reason: t('studio-pause-reason') })
  const resume = (): Promise<boolean> => give({ type: 'meeting.resume' })
  /** Nobody sees or hears anything until it is lifted; the server itself stops listing. */
  const cut = (): Promise<boolean> => give({ type: stream.value === 'held' ? 'stream.resume' : 'stream.hold' })

  function show(next: Scene): void {
    scene.value = next
    broadcast.stage.scene = next
  }
  async function share(): Promise<void> {
    if (broadcast.capture.sharing) {
      broadcast.capture.stopSharing()
      sharing.value = false
      return show('camera')
    }
    sharing.value = await broadcast.capture.share()
    if (sharing.value) show('material')
  }

  watch(() => on.sound, (want) => broadcast.capture.setSound(want))
  watch(() => on.camera, (want) => { broadcast.stage.camera = want })
  // Paused here or at the desk: the card comes by itself, and goes.
  watch(() => meeting.value?.phase === 'paused', (paused) => {
    if (paused) show('card')
    else if (scene.value === 'card') show('camera')
  }, { immediate: true })
  watchEffect(() => {
    const title = t(scene.value === 'card' ? 'studio-card-back-soon' : 'studio-card-no-camera')
    broadcast.stage.card = { title, line: meeting.value?.title ?? '' }
  })

  broadcast.onHealth = (told) => {
    health.value = told
    if (told.line === 'ended' && step.value === 'air') {
      remember(false)
      broadcast.stop()
      step.value = 'check'
    }
  }
  broadcast.onFailed = () => {
    tell(t('studio-encoder-failed'), 'bad')
    step.value = 'check'
  }

  const look = async (): Promise<void> => {
    const told = await ask<ServerHealth>(media.health)
    if (told.ok !== false) server.value = told
  }
  const looking = window.setInterval(() => void look(), HEALTH_MS)
  const stay = (event: BeforeUnloadEvent): void => { if (step.value === 'air') event.preventDefault() }

  onMounted(() => {
    void open()
    void look()
    window.addEventListener('beforeunload', stay)
  })
  onBeforeUnmount(() => {
    clearInterval(looking)
    clearInterval(timer)
    window.removeEventListener('beforeunload', stay)
    broadcast.close()
  })

  return {
    store, link, give, now, media, broadcast, step, lack, count, health, server, devices, chosen, on, scene, sharing, stream, meeting,
    open, useCamera, useMicrophone, begin, cancel, stop, takeBack, pause, resume, cut, show, share, look,
  }
}

export type StudioHere = ReturnType<typeof make>
const HERE: InjectionKey<StudioHere> = Symbol('studio')

export function provideStudio(): StudioHere {
  const here = make()
  provide(HERE, here)
  return here
}

export function useStudio(): StudioHere {
  const here = inject(HERE)
  if (!here) throw new Error('useStudio() outside the studio')
  return here
}
