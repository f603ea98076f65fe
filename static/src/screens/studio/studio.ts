/* The studio as one thing the screen's pieces share: the engine, what it tells, and the acts of the host. */
import { computed, inject, onBeforeUnmount, onMounted, provide, reactive, ref, shallowRef, type InjectionKey } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import { mediaOf } from '@/parts/player/media'
import { useGive, useNow, useRoom } from '@/room'
import { Broadcast, type Health } from '@/studio/broadcast'
import { NoCapture, type Devices, type Lack } from '@/studio/capture'
import { SCENES, type Scene } from '@/studio/stage'
import { useBackstage } from './backstage'
import { usePicture } from './picture'

/** asking: for the devices; check: ready to go; counting: 3-2-1; air: sending; standby: ready to take over. */
export type Step = 'asking' | 'lacking' | 'check' | 'counting' | 'air' | 'standby'

/** Chosen instead of a camera: this machine sends sound alone. */
export const NO_CAMERA = 'none'
const COUNT_S = 3
const IDLE: Health = {
  line: 'idle', bitrate: 0, wanted: 0, full: 0, fps: 0, dropped: 0, delay_s: 0, unsafe_s: 0, unrecorded: false, peak: 0,
  holder: '', standby: 0, way: 'webcodecs', thin: false, bad: '', why: '',
}

interface Remembered { air?: boolean, aired?: number, covered?: boolean, standby?: boolean, camera?: string, microphone?: string, scene?: Scene }

/** Kept in this tab alone: a reload comes back to air by itself, another tab does not. */
const drawer = (record: string): string => `studio.${record}`
function remembered(record: string): Remembered {
  try {
    return JSON.parse(sessionStorage.getItem(drawer(record)) ?? '{}') as Remembered
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
  const { capture, stage } = broadcast
  const backstage = useBackstage(store, media.health)
  const picture = usePicture(store, broadcast, backstage)
  const { scene, meeting, show } = picture
  const step = ref<Step>('asking')
  const lack = ref<Lack | null>(null)
  const count = ref(COUNT_S)
  const health = shallowRef<Health>(IDLE)
  const devices = shallowRef<Devices>({ cameras: [], microphones: [] })
  const chosen = reactive({ camera: '', microphone: '' })
  const stream = computed(() => store.get('stream')?.state ?? 'offline')
  /** Covered here, because the server could not be told. */
  const covered = ref(false)
  /** Server's time when this tab went on air. */
  let aired = 0
  let timer = 0

  function remember(): void {
    const kept: Remembered = { air: step.value === 'air', aired, standby: step.value === 'standby', covered: covered.value, scene: scene.value, ...chosen }
    try {
      sessionStorage.setItem(drawer(store.record), JSON.stringify(kept))
    } catch { /* a private window forgets: then the host presses the button again */ }
  }

  /** The name of who has the stream, for a sentence. */
  const nameOf = (person: string): string => (person === 'encoder' ? t('studio-holder-encoder') : store.get('person', person)?.name ?? t('studio-holder-other'))

  // Devices

  async function open(camera = remembered(store.record).camera): Promise<void> {
    step.value = 'asking'
    lack.value = null
    const before = remembered(store.record)
    const soundAlone = camera === NO_CAMERA
    try {
      await capture.open(camera, before.microphone, soundAlone)
      broadcast.soundAlone = soundAlone
      if (!(await broadcast.able())) throw new NoCapture('unsupported')
      chosen.camera = soundAlone ? NO_CAMERA : capture.camera?.id ?? ''
      chosen.microphone = capture.microphone?.id ?? ''
      devices.value = await capture.devices()
      step.value = 'check'
      if (before.scene && SCENES.includes(before.scene) && before.scene !== 'card') show(before.scene)
      if (before.covered) cover(true)
      // Ended meanwhile, here or at the desk: then it stays ended.
      const over = stream.value === 'ended' && (store.get('stream')?.since ?? 0) > (before.aired ?? 0)
      if (before.air && !over) goOnAir(before.aired)
      else if (before.standby) standBy()
    } catch (error) {
      lack.value = error instanceof NoCapture ? error.why : 'busy'
      step.value = 'lacking'
    }
  }

  async function useCamera(id: string | null): Promise<void> {
    if (id === NO_CAMERA || chosen.camera === NO_CAMERA) {
      if (step.value !== 'air') await open(id ?? undefined)
      return remember()
    }
    try {
      await capture.useCamera(id)
      chosen.camera = capture.camera?.id ?? ''
    } catch {
      tell(t('studio-camera-failed'), 'bad')
    }
    remember()
  }

  async function useMicrophone(id: string | null): Promise<void> {
    try {
      await capture.useMicrophone(id)
      chosen.microphone = capture.microphone?.id ?? ''
    } catch {
      tell(t('studio-microphone-failed'), 'bad')
    }
    remember()
  }

  capture.onLost = (what) => {
    if (what === 'screen') return picture.left()
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

  function goOnAir(since = store.now()): void {
    step.value = 'air'
    aired = since
    remember()
    broadcast.start(media.publish)
  }

  /** Going live begins the meeting where it waits to begin; a technician only sends the picture. */
  async function startMeeting(): Promise<void> {
    if (!store.me.value?.roles.includes('host')) return
    if (['announced', 'postponed'].includes(meeting.value?.phase ?? '')) await give({ type: 'meeting.open_lobby' })
    if (meeting.value?.phase === 'lobby') await give({ type: 'meeting.start' })
  }

  /** The picture ends; the meeting goes on. */
  async function stop(): Promise<void> {
    step.value = 'check'
    remember()
    await broadcast.empty()
    await give({ type: 'stream.end' })
    broadcast.stop(true)
  }

  /** Here rather than in the other window, where it was opened later. */
  function takeBack(): void {
    broadcast.stop()
    goOnAir()
  }

  // Standing by 备用

  function standBy(): void {
    broadcast.stop()
    step.value = 'standby'
    remember()
    broadcast.standBy(media.publish)
  }

  /** From standby onto the air in one press; the same recording goes on. */
  function take(): void {
    step.value = 'air'
    aired = store.now()
    remember()
    broadcast.take()
  }

  function leave(): void {
    broadcast.stop()
    step.value = 'check'
    remember()
  }

  // Pause and emergency

  const pause = (): Promise<boolean> => give({ type: 'meeting.pause', reason: t('studio-pause-reason') })
  const resume = (): Promise<boolean> => give({ type: 'meeting.resume' })

  /** Picture and sound leave this machine no more; only where the server cannot be told to hold them. */
  function cover(on: boolean): void {
    covered.value = on
    stage.covered = on
    capture.mix.silence(on)
    remember()
  }

  /**
   * Nobody sees or hears anything until it is lifted: the server stops listing, the recording goes on out of public
   * sight. Until the server has said so, and if it never does, the picture is covered here.
   */
  async function cut(): Promise<void> {
    if (covered.value && stream.value !== 'held') return cover(false)
    if (stream.value === 'held') {
      if (await give({ type: 'stream.resume' })) cover(false)
      return
    }
    cover(true)
    if (await give({ type: 'stream.hold' })) cover(false)
    else tell(t('studio-covered'), 'bad')
  }

  // What the engine tells

  broadcast.onHealth = (told) => {
    health.value = told
    picture.listen()
    if (step.value === 'air' && told.line === 'standby') {
      step.value = 'standby'
      remember()
    } else if (['air', 'standby'].includes(step.value) && told.line === 'ended') leave()
  }
  broadcast.onFailed = () => {
    tell(t('studio-encoder-failed'), 'bad')
    step.value = 'check'
  }

  const stay = (event: BeforeUnloadEvent): void => {
    if (step.value !== 'air') return
    event.preventDefault()
    event.returnValue = true // older browsers look at this one only
  }

  onMounted(() => {
    void open()
    window.addEventListener('beforeunload', stay)
    window.addEventListener('pagehide', remember)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    window.removeEventListener('beforeunload', stay)
    window.removeEventListener('pagehide', remember)
    broadcast.close()
  })

  return {
    store, link, give, now, media, broadcast, ...backstage, ...picture, step, lack, count, health, devices, chosen, stream, covered, nameOf,
    open, useCamera, useMicrophone, begin, cancel, stop, takeBack, standBy, take, leave, pause, resume, cut,
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
