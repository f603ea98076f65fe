/* Both counts of a vote against the lines of art. 278, ready to be drawn. Judges nothing: verdicts come from the count. */
import type { Result, Shares, Threshold } from '@/votes'

export type Counted = 'heads' | 'area'

/** One count of one step; `part` and `whole` as the count wrote them, the fraction is exact. A poll has no line. */
export interface BarOf { count: Counted, part: string, whole: string, percent: string, fill: number, line: number | null, met: boolean }
export interface Step { name: 'quorum' | 'approval', mark: string, met: boolean, bars: BarOf[] }
export interface RowOf { choice: string, heads: string, headsPercent: string, area: string, areaPercent: string }

const COUNTS: Counted[] = ['heads', 'area']
const HUNDREDTHS = 100

/** The name of a line in the catalogues: 2-3, 1-2, 3-4. */
export const markOf = (line: Threshold): string => `${line.part}-${line.whole}`

/** Areas are drawn from whole hundredths, so that a bar never stands a hair beyond a line it has not met. */
const whole = (text: string): number => Math.round(Number(text) * HUNDREDTHS)

/** Percent of the bar that is filled, rounded down to a hundredth. */
export function fillOf(part: string, all: string): number {
  const of = whole(all)
  return of ? Math.min(100, Math.floor((whole(part) * 10_000) / of) / 100) : 0
}

export const lineAt = (line: Threshold): number => Math.ceil((line.part * 10_000) / line.whole) / 100

function bar(count: Counted, shares: Shares, line: Threshold, met: boolean): BarOf {
  const [part = '0', all = '0'] = shares[count].split('/')
  return { count, part, whole: all, percent: shares[`${count}_percent`] ?? '', fill: fillOf(part, all), line: lineAt(line), met }
}

/** Taking part, then agreeing; none for a poll or for a roster nothing can be counted on. */
export function stepsOf(result: Result, quorum: Threshold, approval: Threshold): Step[] {
  const { shares } = result
  if (!shares) return []
  const step = (name: Step['name'], of: Shares, line: Threshold): Step => {
    const bars = COUNTS.map((count) => bar(count, of, line, result[`${name}_${count}_met`] === true))
    return { name, mark: markOf(line), met: bars.every((one) => one.met), bars }
  }
  return [step('quorum', shares.quorum, quorum), step('approval', shares.agree, approval)]
}

/** What each choice came to; areas are empty where heads alone were counted. */
export function rowsOf(result: Result): RowOf[] {
  if (result.participating_heads === undefined) return []
  return (['agree', 'against', 'abstain'] as const).map((choice) => ({
    choice,
    heads: String(result[`${choice}_heads`] ?? 0),
    headsPercent: result.shares?.[choice].heads_percent ?? '',
    area: result[`${choice}_area`] ?? '',
    areaPercent: result.shares?.[choice].area_percent ?? '',
  }))
}
