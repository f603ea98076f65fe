/* Owners as a roster names them. */

/** The name alone; `name#2` is another person of that name. */
export const nameOf = (owner: string): string => owner.split('#')[0]!
