/* Casting: a ballot gets its id and its 128 bits here, is kept, and is sent until somebody answers, over a dead line, a
   reload and a closed page. Which ballot counts, the server alone knows. */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { codeOf, commitmentOf, leafOfBallot, slipOf } from '@/digests'
import { newId } from '@/ids'
import { useRoom } from '@/room'
import { ask, first } from '@/session'
import type { Ack } from '@/things'
import type { Choice, Motion, Receipt } from '@/votes'
import { ballots, keepBallot, learn, type KeptBallot } from './kept'

/** One vote this person may cast, or finds cast: the units that make one voting head. */
export interface OwnHead {
  unit: string
  leaf: string
  units: { unit: string, label: string, area: string }[]
  area: string
  owner: boolean
  elected: string[]
  proxy: { id: string, principal: string, authority: 'proxy' | 'guardian', until: number | null } | null
  cast: { at: number, channel: 'online' | 'paper', mine: boolean, by: string | null, code?: string | null } | null
  why_not: string | null
}

interface Mine { heads: OwnHead[] }

export interface Sign { url: string, rows: string[] }

export interface Voting {
  motion: ComputedRef<Motion | undefined>
  /** null: nobody has come in, or it is not known yet. */
  heads: Ref<OwnHead[] | null>
  /** The last ballot this person cast here for a head. */
  mineFor: (head: OwnHead) => KeptBallot | undefined
  /** The last one, where it was refused: the one before it may be in. */
  refusedFor: (head: OwnHead) => KeptBallot | undefined
  cast: (head: OwnHead, choice: Choice) => void
  /** Where a receipt is checked, by its code. */
  signs: Ref<Record<string, Sign>>
  /** A ballot waits for its sender to come in again. */
  locked: Ref<boolean>
  refresh: () => Promise<void>
}

/** A thousand phones do not all come back at once. */
const later = (): number => Math.random() * 2_000

const hex = (count: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Units in words, the common beginning said once: 1号楼2单元501、502. */
export function unitsInWords(units: { label: string }[], comma: string): string {
  const [one, ...others] = units.map((unit) => unit.label)
  if (one === undefined) return ''
  const stem = one.slice(0, one.length - (/[0-9A-Za-z]+$/.exec(one)?.[0].length ?? 0))
  return [one, ...others.map((label) => (stem && label.startsWith(stem) ? label.slice(stem.length) : label))].join(comma)
}

/** The code under which a ballot stands in the public list; of an anonymous poll, that of its slip. */
export function expectedCode(one: KeptBallot): string {
  if (one.mode === 'anonymous') return codeOf(slipOf(one.digest, one.id, one.nonce))
  return codeOf(leafOfBallot(one.digest, one.id, one.leaf, commitmentOf(one.digest, one.leaf, one.choice, one.nonce)))
}

export function useVoting(id: string, comma: string): Voting {
  const { store, link } = useRoom()
  const motion = computed(() => store.get('motion', id))
  const heads = shallowRef<OwnHead[] | null>((first.mine as Mine | null)?.heads ?? null)
  const locked = ref(false)
  const person = computed(() => store.me.value?.person ?? '')
  const here = computed(() => ballots.value.filter((one) => one.motion === id && one.record === store.record && one.person === person.value))
  const signs = shallowRef<Record<string, Sign>>({})
  const sending = new Set<string>()
  const asking = new Set<string>()
  let gone = false
  onScopeDispose(() => { gone = true })

  async function refresh(): Promise<void> {
    if (!person.value) return void (heads.value = null)
    const told = await ask<Mine>(`/api/records/${encodeURIComponent(store.record)}/motions/${encodeURIComponent(id)}/mine`)
    if (told.heads) heads.value = told.heads
  }

  const castFor = (head: OwnHead): KeptBallot[] => {
    const units = head.units.map((one) => one.unit)
    return here.value.filter((one) => units.includes(one.unit))
  }

  const mineFor = (head: OwnHead): KeptBallot | undefined => {
    const found = castFor(head)
    /* One that was refused must not hide one that is in. */
    return found.filter((one) => one.state !== 'refused').pop() ?? found.pop()
  }

  const refusedFor = (head: OwnHead): KeptBallot | undefined => {
    const last = castFor(head).pop()
    return last?.state === 'refused' ? last : undefined
  }

  function cast(head: OwnHead, choice: Choice): void {
    const asked = motion.value
    const waiting = mineFor(head)
    if (!asked?.digest || !person.value || waiting?.state === 'sending') return
    const one: KeptBallot = {
      id: newId(store.now()), nonce: hex(16), record: store.record, motion: id, person: person.value, title: asked.title, mode: asked.mode, binding: asked.binding,
      unit: head.unit, label: unitsInWords(head.units, comma), choice, digest: asked.digest, leaf: head.leaf, made: store.now(),
      closes: asked.closes_at, state: 'sending',
    }
    keepBallot(one)
    void send(one)
  }

  async function send(one: KeptBallot): Promise<void> {
    if (sending.has(one.id) || gone || one.person !== person.value) return
    sending.add(one.id)
    const ack = await link.give({ type: 'ballot.cast', id: one.id, motion: one.motion, unit: one.unit, choice: one.choice, nonce: one.nonce }, { stay: true })
    sending.delete(one.id)
    settled(one, ack)
  }

  function settled(one: KeptBallot, ack: Ack): void {
    if (ack.ok) {
      locked.value = false
      learn(one.id, { state: 'in' })
      return void refresh()
    }
    /* Sent in another's name meanwhile: it says nothing about this one. */
    if (one.person !== person.value) return
    const refused = ack as { code: string, why?: string, wait_ms?: number }
    if (refused.code === 'too_fast') return void setTimeout(() => void send(one), (refused.wait_ms ?? 1_000) + later())
    /* The session ended, or another took its place: whoever cast comes in again and it goes on. */
    if (!refused.why && ['forbidden', 'unverified'].includes(refused.code)) {
      locked.value = true
      return link.renew()
    }
    learn(one.id, { state: 'refused', refused: { ...refused, at: (ack as { at?: number }).at ?? null } })
    void refresh()
  }

  /** What the server keeps of it: when it came and its code, which must be the one this phone makes itself. */
  function receive(receipt: Receipt): void {
    const held = here.value.find((one) => one.id === receipt.id)
    if (!held || (held.at === receipt.at && held.state === 'in')) return
    const expected = expectedCode(held)
    const genuine = held.mode === 'anonymous' || expected === receipt.code
    learn(held.id, { state: 'in', at: receipt.at, code: genuine ? expected : receipt.code, genuine })
  }

  /** The receipt's QR: kept with the ballot, so that it is there without a line. Of an anonymous poll none is asked for: the session that asks would say whose slip the code is. */
  async function fetchSign(code: string): Promise<void> {
    if (!motion.value || motion.value.mode === 'anonymous' || signs.value[code] || asking.has(code) || gone) return
    asking.add(code)
    const told = await ask<Partial<Sign>>(`/api/records/${encodeURIComponent(store.record)}/motions/${encodeURIComponent(id)}/receipts/${code.replace(/-/g, '')}/qr`)
    asking.delete(code)
    if (told.url && told.rows) return signed(code, { url: told.url, rows: told.rows })
    if (told.code === 'offline' || told.code === 'unavailable') setTimeout(() => void fetchSign(code), 5_000 + later())
  }

  function signed(code: string, sign: Sign): void {
    signs.value = { ...signs.value, [code]: sign }
    here.value.filter((one) => one.code === code && !one.sign).forEach((one) => learn(one.id, { sign }))
  }

  const receipts = computed(() => store.all('ballot').filter((one) => one.motion === id))
  watch(receipts, (all) => all.forEach(receive), { immediate: true })
  here.value.forEach((one) => { if (one.code && one.sign) signs.value = { ...signs.value, [one.code]: one.sign } })
  watch([here, receipts], () => [...here.value, ...receipts.value].forEach((one) => { if (one.code) void fetchSign(one.code) }), { immediate: true })
  watch([person, here], () => here.value.filter((one) => one.state === 'sending').forEach((one) => void send(one)), { immediate: true })
  /* Who may vote follows from the person and from how far the motion is, and somebody of the household may vote meanwhile. */
  watch([person, () => motion.value?.state], () => { void refresh() })
  watch(person, () => { locked.value = false })
  /* Not at every ballot of the whole estate: only when somebody looks again. */
  const woke = (): void => { if (document.visibilityState === 'visible') void refresh() }
  document.addEventListener('visibilitychange', woke)
  onScopeDispose(() => document.removeEventListener('visibilitychange', woke))

  return { motion, heads, mineFor, refusedFor, cast, signs, locked, refresh }
}
