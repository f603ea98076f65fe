/* A guest's way to the stage as one thing: devices, the seat in the record, the line to the studio. */
import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef, watch } from 'vue'
import { t } from '@/i18n'
import { tell } from '@/notices'
import { useGive, useRoom } from '@/room'
import { Devices, lackOf, type Found } from '@/stage/devices'
import { Guest, type Way } from '@/stage/guest'
import { Signals } from '@/stage/signal'
import { NoCapture, type Lack } from '@/studio/capture'

const LEVEL_MS = 100
const BADGES = 'lawyer npc_deputy cppcc_member committee_chair property_manager official unit_officer grid_keeper resident_rep host moderator secretary'.split(' ')

export function useStage() {
  const { store, link } = useRoom()
  const give = useGive()
  const devices = new Devices()
  const person = store.me.value?.person ?? ''
  const signals = new Signals(link, store.record)
  const guest = new Guest(signals, devices, store.record, person)
  const lack = ref<Lack | null>(null)
  const asking = ref(false)
  const opened = ref(false)
  const found = shallowRef<Found>({ cameras: [], microphones: [] })
  const chosen = reactive({ camera: '', microphone: '', soundOnly: false })
  const camera = shallowRef<MediaStreamTrack | null>(null)
  const level = ref(0)
  const heard = ref(false)
  const mic = ref(true)
  const way = ref<Way>('none')
  const programme = shallowRef<HTMLVideoElement | HTMLCanvasElement | null>(null)
  const was = ref(false)

  const seat = computed(() => store.get('seat', person))
  const phase = computed(() => store.get('meeting')?.phase ?? 'draft')
  const linked = computed(() => seat.value?.state === 'waiting' || seat.value?.state === 'on')
  const badge = computed(() => store.me.value?.roles.some((role) => BADGES.includes(role)) ?? false)
  const may = computed(() => badge.value || (seat.value !== undefined && seat.value.state !== 'raised'))
  /** Asked for the voice alone: then the choice is not the guest's. */
  const voiceAlone = computed(() => !badge.value && (seat.value?.sound_only ?? true))

  async function open(): Promise<void> {
    lack.value = lackOf()
    if (lack.value) return
    asking.value = true
    try {
      await devices.open(chosen.soundOnly || voiceAlone.value, chosen.camera, chosen.microphone)
      opened.value = true
      took()
      found.value = await devices.list()
    } catch (error) {
      lack.value = error instanceof NoCapture ? error.why : 'busy'
    }
    asking.value = false
  }

  function took(): void {
    camera.value = devices.camera
    chosen.camera = devices.camera?.getSettings().deviceId ?? chosen.camera
    chosen.microphone = devices.microphone?.getSettings().deviceId ?? ''
    if (devices.microphone) devices.microphone.enabled = mic.value
    guest.changed()
  }

  async function use(what: 'camera' | 'microphone', id?: string): Promise<void> {
    try {
      await (what === 'camera' ? devices.useCamera(id) : devices.useMicrophone(id))
    } catch {
      tell(t('stage-device-lost'), 'bad')
    }
    took()
  }

  async function setSoundOnly(only: boolean): Promise<void> {
    chosen.soundOnly = only
    if (only) devices.leaveCamera()
    else await devices.useCamera(chosen.camera).catch(() => { chosen.soundOnly = true })
    took()
  }

  const wait = (): Promise<boolean> => give({ type: 'stage.wait', sound_only: devices.camera === null })
  const leave = (): Promise<boolean> => give({ type: 'stage.lower' })
  function takeHere(): void {
    guest.begin()
  }

  function setMic(on: boolean): void {
    mic.value = on
    if (devices.microphone) devices.microphone.enabled = on
  }

  guest.onWay = (now) => { way.value = now }
  guest.onPicture = (picture) => { programme.value = picture }
  devices.onLost = (what) => {
    tell(t('stage-device-lost'), 'bad')
    void use(what)
  }

  // The line stands as long as the record says there is a seat; a page loaded again comes back by itself.
  watch([linked, opened], ([seated, ready], [before]) => {
    if (seated && !opened.value && !asking.value && !lack.value) void open()
    if (seated && ready) guest.begin()
    else if (!seated && before) {
      was.value = true
      guest.stop()
    }
  })
  watch(() => link.state.value, (state) => { if (state === 'live' && linked.value && opened.value) guest.renew() })

  const metering = window.setInterval(() => {
    level.value = devices.level()
    heard.value ||= level.value > 0.05
  }, LEVEL_MS)
  const stay = (event: BeforeUnloadEvent): void => { if (seat.value?.state === 'on') event.preventDefault() }
  onMounted(() => {
    lack.value = lackOf()
    window.addEventListener('beforeunload', stay)
    if (linked.value) void open()
  })
  onBeforeUnmount(() => {
    clearInterval(metering)
    window.removeEventListener('beforeunload', stay)
    guest.stop()
    devices.close()
  })

  return {
    store, link, seat, phase, may, voiceAlone, lack, asking, opened, found, chosen, camera, level, heard, mic, way, programme, was,
    open, use, setSoundOnly, wait, leave, setMic, takeHere, play: () => guest.play(),
  }
}
