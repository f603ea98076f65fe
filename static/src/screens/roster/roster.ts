/* What the roster's addresses tell an owner, and how a proof is checked on this very device. */
import { leafOf, rootFrom } from '@/digests'
import { ask, first } from '@/session'

/** One unit of a publication: owners as 张*. */
export interface Unit { unit: string, area: string | null, area_basis: string, kind: string, status: string, owners: string[] }
/** One's own line, as the count reads it. */
export interface Line extends Unit { voter: string | null, developer: string | null, building: string | null, stair: string | null }
export interface Publication { id: string, until: number, total: { units: number, heads: number, area_c: number }, units: Unit[], mine: Line[] }
export interface Proof { line: Line, salt: string, leaf: string, path: { digest: string, left: boolean }[] }
export interface Proofs { version: number, root: string, units: Proof[] }
export interface Place { estate: string, name: string, community: string, phone: string }

export const own_id = first.roster as string
export const place = first.place as Place
const base = `/api/records/${encodeURIComponent(first.record ?? '')}/rosters/${encodeURIComponent(own_id)}`

type Told<T> = T & { ok?: boolean, code?: string }

export const publication = (): Promise<Told<Publication>> => ask<Publication>(base)
export const proofs = (): Promise<Told<Proofs>> => ask<Proofs>(`${base}/mine`)

/** Whether a line and its salt lead, step by step, to the root that everybody sees. */
export const leads = (proof: Proof, root: string): boolean =>
  leafOf(proof.line, proof.salt) === proof.leaf && rootFrom(proof.leaf, proof.path) === root
