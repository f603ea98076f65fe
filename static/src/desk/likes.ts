/* Which public questions are like the waiting ones, as the server says; asked once a text. */
import { reactive, watch } from 'vue'
import { ask } from '@/session'
import type { Store } from '@/store'
import type { Question } from '@/things'

export interface Like { id: string, text: string, likeness: number }

/** So like that one key may merge; less like, and the desk is asked to look first. */
const SURE = 0.6
export const isSure = (like: Like): boolean => like.likeness >= SURE

/** Cards for which it is asked at a time: those in sight. */
const MOST = 12

export function useLikes(store: Store, waiting: () => readonly Question[]): { of: (question: Question) => Like | undefined } {
  const found = reactive(new Map<string, Like | null>())
  const key = (question: Question): string => `${question.id} ${question.text}`

  const look = async (question: Question): Promise<void> => {
    found.set(key(question), null)
    const path = `/api/records/${encodeURIComponent(store.record)}/similar?text=${encodeURIComponent(question.text)}`
    const answer = await ask<Like[]>(path)
    if (!Array.isArray(answer)) return
    const best = answer.find((one) => one.id !== question.id && store.get('question', one.id))
    if (best) found.set(key(question), best)
  }
  watch(() => waiting().slice(0, MOST), (cards) => {
    cards.filter((one) => !found.has(key(one))).forEach((one) => void look(one))
  }, { immediate: true })

  return { of: (question) => found.get(key(question)) ?? undefined }
}
