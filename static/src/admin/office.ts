/* What the administration knows: places and meetings, and which view the address names. */
import { computed, reactive, ref } from 'vue'
import { asked, type Community, type Estate, type Held, type Overview } from './api'

const NOWHERE: Overview = {
  communities: [], sample: false, whole: false,
  reach: { url: '', public_url: null, loopback: false, deaf: false, neighbours: [], commands: [] },
}

export const office = reactive<{ overview: Overview, meetings: Held[], ready: boolean }>({
  overview: NOWHERE, meetings: [], ready: false,
})

/** Ask anew what there is. */
export async function refresh(): Promise<void> {
  const [overview, held] = await Promise.all([
    asked<Overview>('GET', '/api/admin/overview'),
    asked<{ meetings: Held[] }>('GET', '/api/admin/meetings'),
  ])
  if (overview) office.overview = overview
  if (held) office.meetings = held.meetings
  office.ready = true
}

export const communities = computed<Community[]>(() => office.overview.communities)
export const estates = computed<(Estate & { community: Community })[]>(() =>
  communities.value.flatMap((community) => community.estates.map((estate) => ({ ...estate, community }))))

export const estateOf = (id: string): (Estate & { community: Community }) | undefined =>
  estates.value.find((estate) => estate.id === id)

export const VIEWS = ['places', 'roster', 'meetings', 'letters', 'people', 'words'] as const
export type View = (typeof VIEWS)[number]

/** #/meetings/<id>: the view and the thing in it. */
const place = ref(location.hash)
addEventListener('hashchange', () => { place.value = location.hash })

export const view = computed<View>(() => {
  const named = place.value.split('/')[1] as View
  return VIEWS.includes(named) ? named : 'places'
})
export const thing = computed<string>(() => decodeURIComponent(place.value.split('/')[2] ?? ''))

export const at = (name: View, id = ''): string => `#/${name}${id ? `/${encodeURIComponent(id)}` : ''}`
/** Begin where there is something to do: at the places while there are none, else at the meetings. */
export async function begin(): Promise<void> {
  await refresh()
  if (!place.value.startsWith('#/')) location.replace(at(estates.value.length ? 'meetings' : 'places'))
}

export function go(name: View, id = ''): void {
  location.hash = at(name, id)
}
