/* How long the desk's texts may be, in characters: hints for the fields; the server has the last word. */
export const limits = { question: 200, option: 60, reason: 200, outcome: 1000, name: 60, answer: 2000 } as const
