/* Shapes of questionnaires and of what they came to, as the server tells them. */

export type AskedKind = 'single' | 'multiple' | 'scale' | 'number' | 'text'
/** The place of an option from 0, places of several, a step or a number, words; null: not answered. */
export type Answer = number | string | number[] | null

export interface AskedItem {
  kind: AskedKind
  text: string
  options: string[]
  least: number | null
  most: number | null
  low: string
  high: string
  unit: string
  needed: boolean
}

/** One question with its sums; `answered` is its base, `percents` are shares of it. Of a small base only the base. */
export interface AskedResult extends AskedItem {
  answered: number
  few: boolean
  counts: number[]
  percents: string[]
  mean: string | null
  median: string | null
  /** The texts that may be read, at a meeting; of a questionnaire their number alone. */
  texts?: string[]
  shown?: number
}

export interface Questionnaire {
  id: string
  estate: string
  title: string
  text: string
  questions: AskedItem[]
  state: 'draft' | 'open' | 'counted' | 'withdrawn'
  roster: string | null
  roster_version: number | null
  households: number
  opened_at: number | null
  closes_at: number | null
  answered: number
  channels: { online?: number, paper?: number }
  counted_at: number | null
  results: AskedResult[] | null
  reason: string | null
  /** The desk alone sees these. */
  by?: string
  drafted_at?: number
  carried?: { meeting: string, item: string, state: string }[]
  texts?: { all: number, waiting: number }
}

export interface QuestionnaireSheet {
  id: string
  questionnaire: string
  unit: string
  number: string
  entered_by: string
  entered_at: number
  state: 'entered' | 'discarded'
  reason: string | null
}

/** The results of a questionnaire at an agenda item of a meeting. */
export interface Findings {
  id: string
  item: string
  title: string
  households: number
  answered: number
  paper: number
  counted_at: number
  results: AskedResult[]
}

declare module './things' {
  interface Kinds {
    questionnaire: Questionnaire
    questionnaire_sheet: QuestionnaireSheet
    findings: Findings
  }
}
