/* My doors of a questionnaire, and what is said of an answer that was refused. */
import { ask } from '@/session'
import { why, type Why } from '@/why'
import type { Answer, AskedItem } from '@/asked'

export interface Answered { at: number, channel: 'online' | 'paper', mine: boolean, answers: Answer[] | null }
export interface Door { unit: string, answered: Answered | null }
export interface Mine { questionnaire: string, state: string, doors: Door[] }
type Told<T> = T & { ok?: boolean, code?: string }

const base = (record: string, id: string): string => `/api/records/${encodeURIComponent(record)}/questionnaires/${encodeURIComponent(id)}`

export const mine = (record: string, id: string): Promise<Told<Mine>> => ask<Mine>(`${base(record, id)}/mine`)
export const households = (record: string, id: string): Promise<Told<{ households: { unit: string, answered: 'online' | 'paper' | null }[] }>> => ask(`${base(record, id)}/households`)

/** A sheet with nothing on it, or what was answered before, as long as the questions are the same. */
export function sheet(questions: AskedItem[], before: Answer[] | null = null): Answer[] {
  return questions.map((_, place) => before?.[place] ?? null)
}

export interface Refusal { ok: boolean, code?: string, why?: string, question?: number, [more: string]: unknown }

/** The question a refusal is about; -1: none in particular. */
export const questionOf = (refusal: Refusal): number => (typeof refusal.question === 'number' ? refusal.question : -1)

/** What is wrong and what to do, where the server named a reason. */
export const because = (refusal: Refusal): Why | null => (refusal.why ? why(refusal.why, refusal) : null)
