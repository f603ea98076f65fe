/* Small things that outlive the page, in this browser only. Private windows may refuse: then they are forgotten. */

export function kept<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`sun.${key}`)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function keep(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined || value === '') localStorage.removeItem(`sun.${key}`)
    else localStorage.setItem(`sun.${key}`, JSON.stringify(value))
  } catch {
    /* private mode, or full: it lasts as long as the page */
  }
}

/** A choice the server must know to draw the next page right: a cookie of a year, readable here. */
export function keepCookie(name: string, value: string): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
}
