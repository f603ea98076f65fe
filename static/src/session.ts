/* What the page's own HTML says before any socket: whose session, which record, the room at one number. */
import type { Me, ThingSet } from './things'

/** The JSON the server put into the page. */
export interface First {
  record: string | null
  me: Me | null
  room: { seq: number, set: ThingSet, own?: ThingSet } | null
  lang: string
  /** The server's clock when the page was made, ms UTC. */
  now: number
  /** Changes with every release of the screens. */
  build: string
  /** What a screen's page adds for itself. */
  [more: string]: unknown
}

function read(): First {
  const text = document.getElementById('first')?.textContent
  const plain = { record: null, me: null, room: null, lang: 'zh-CN', now: Date.now(), build: '' }
  return text ? { ...plain, ...(JSON.parse(text) as Partial<First>) } : plain
}

export const first: First = read()

/** Asks this server over HTTP; a refusal comes back as `{ok: false, code}`, no connection as code `offline`. */
export async function ask<T>(path: string, body?: unknown): Promise<T & { ok?: boolean, code?: string }> {
  type Answer = T & { ok?: boolean, code?: string }
  const how: RequestInit = { credentials: 'same-origin', headers: { Accept: 'application/json' } }
  if (body !== undefined) {
    how.method = 'POST'
    how.headers = { ...how.headers, 'Content-Type': 'application/json' }
    how.body = JSON.stringify(body)
  }
  try {
    const answer = await fetch(path, how)
    const text = await answer.text()
    const data = text ? (JSON.parse(text) as Answer) : ({} as Answer)
    if (answer.ok) return data
    return { ...data, ok: false, code: data.code ?? (answer.status >= 500 ? 'unavailable' : 'unclear') }
  } catch {
    return { ok: false, code: 'offline' } as Answer
  }
}
