/* How a building or a stair is called: the same rule as the server's labels. */

/** Whether a name is a number or a letter that wants its noun; others say themselves what they are. */
export const numbered = (name: string): boolean => /^[0-9A-Za-z]+$/.test(name)
