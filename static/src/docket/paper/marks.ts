/* What a paper may say, by the keys 1 to 4, and the press of a key on a group of them. */
export const MARKS = ['agree', 'against', 'abstain', 'spoiled'] as const
export type Mark = (typeof MARKS)[number]

/** The mark whose key was pressed; undefined for any other key. */
export const markOf = (event: KeyboardEvent): Mark | undefined => (event.ctrlKey || event.altKey || event.metaKey ? undefined : MARKS[Number(event.key) - 1])
