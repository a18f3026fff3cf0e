/** Pages fetched lately, so that a second question about one costs no second request. No timer: age is checked on use. */

/** spec/tools.md WebFetch. */
const AGE_MS = 15 * 60_000
/** Of all pages together, some 16 MB of memory; own choice. */
const MAX_CHARS = 8_000_000
/** As many as one looks at in a quarter of an hour; own choice. */
const MAX_PAGES = 50

export interface CachedPage {
  readonly url: string
  readonly code: number
  readonly codeText: string
  readonly bytes: number
  readonly markdown: string
}

const pages = new Map<string, { readonly page: CachedPage; readonly at: number }>()

/** `env`: CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS (spec/cli.md section 5.1). */
export function cachedPage(url: string, env: Readonly<Record<string, string>> = {}): CachedPage | undefined {
  const word = env.CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS
  const life = word !== undefined && /^\d{1,12}$/.test(word) ? Number(word) : AGE_MS
  const found = pages.get(url)
  if (found === undefined) return undefined
  if (Date.now() - found.at <= life) return found.page
  pages.delete(url)
  return undefined
}

export function cachePage(url: string, page: CachedPage): void {
  pages.delete(url)
  pages.set(url, { page, at: Date.now() })
  let chars = 0
  for (const { page: one } of pages.values()) chars += one.markdown.length
  for (const [oldest, { page: one }] of pages) {
    if (chars <= MAX_CHARS && pages.size <= MAX_PAGES) return
    pages.delete(oldest)
    chars -= one.markdown.length
  }
}
