/* What the administration asks the server, and what comes back. Refusals are told where they happen. */
import { tell } from '@/notices'
import { say } from '@/say'

export interface Totals {
  rows: number, units: number, not_counted: number, heads: number, persons: number, companies: number
  developers: number, area_c: number, buildings: number
}

export interface Estate {
  id: string, name: string, roster: 'owners' | 'households', roster_at: number | null
  units: number, not_counted: number, heads: number, area_c: number, buildings: number, codes: number
}

export interface Community {
  id: string, name: string, city: string, district: string, street: string, phone: string, sample: boolean
  estates: Estate[]
}

export interface Reach {
  url: string, public_url: string | null, loopback: boolean, deaf: boolean, neighbours: string[], commands: string[]
}

export interface Overview { communities: Community[], sample: boolean, whole: boolean, reach: Reach }

export interface Card {
  title: string, phase: string, starts_at: number | null, venue: string, sample: boolean, published_at: number | null
}

export interface Held {
  record: string, community: string, estate: string, code: string, sample: boolean, archived_at: number | null
  card: Card | null
}

export interface Problem {
  code: string, level: 'error' | 'note', line: number, unit: string, column: string, value: string
  detail: Record<string, unknown>
}

export interface Report {
  ok: boolean, digest: string, columns: Record<string, string>, ignored: string[], problems: Problem[]
  left_out: number, totals: Totals
  file: { name?: string, kind?: string, encoding?: string, rows?: number }
}

export interface Role {
  id: string, role: string, badge: string, title: string, record: string | null
  since: number | null, until: number | null, revoked_at: number | null
}

export interface Human {
  person: string, name: string, call: string, sample: boolean, roles: Role[]
  units: { id: string, number: string, proved: boolean, how: string | null }[]
}

export interface Device { id: string, agent: string, created_at: number, seen_at: number | null, revoked_at: number | null }

export interface Invitation {
  id: string, person: string, name: string, role: string, record: string | null
  created_at: number, expires_at: number | null, revoked_at: number | null, devices: Device[]
}

export interface Fresh { id: string, person: string, url: string, qr: string[] }

export interface Home {
  id: string, number: string, building: string, stair: string, room: string, use: string, area_c: number | null
  owners: { name: string, representative: boolean }[], people: number, proved: number
  code: { serial: number, made_at: number, used_at: number | null } | null
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type Told<T> = ({ ok: true } & T) | { ok: false, code: string, [detail: string]: unknown }

function request(method: Method, body: unknown): RequestInit {
  const how: RequestInit = { method, credentials: 'same-origin', headers: { Accept: 'application/json' } }
  if (method === 'GET') return how
  const file = body instanceof Blob
  how.headers = { ...how.headers, 'Content-Type': file ? 'application/octet-stream' : 'application/json' }
  if (body !== undefined) how.body = file ? body : JSON.stringify(body)
  return how
}

/** Ask, and hand back what was said, refusals too. No connection is the code `offline`. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<Told<T>> {
  try {
    const answer = await fetch(path, request(method, body))
    const said = (await answer.json()) as Record<string, unknown>
    if (answer.ok && said.ok !== false) return { ...said, ok: true } as Told<T>
    return { ...said, ok: false, code: String(said.code ?? (answer.status >= 500 ? 'unavailable' : 'unclear')) }
  } catch {
    return { ok: false, code: 'offline' }
  }
}

/** The same, telling a refusal at once; null when it was refused. */
export async function asked<T>(method: Method, path: string, body?: unknown): Promise<T | null> {
  const answer = await call<T>(method, path, body)
  if (answer.ok) return answer
  tell(say(answer), 'bad')
  return null
}
