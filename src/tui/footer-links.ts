/** Links that text of the conversation stands for (setting `footerLinksRegexes`): the newest ones, for the footer. */
import { sanitiseLine } from "../lib/sanitise.ts"
import { truncate } from "../lib/width.ts"
import type { Cell } from "./cells.ts"
import type { FooterLinkRule } from "./preferences.ts"
import { span } from "./rows.ts"
import type { Row } from "./screen/port.ts"

export interface FooterLinks {
  look(cell: Cell): void
  /** Null when there is none. */
  readonly row: Row | null
  clear(): void
}

const SHOWN = 4
/** Characters of a cell that are looked at: a pattern of the person's own may be slow. */
const LOOKED_AT = 8_192
const MATCHES = 20
const LABEL_COLUMNS = 32

export function createFooterLinks(rules: () => readonly FooterLinkRule[]): FooterLinks {
  const links = new Map<string, string>()
  return {
    look(cell) {
      if (rules().length === 0) return
      const text = textOf(cell).slice(-LOOKED_AT)
      for (const rule of rules()) {
        for (const match of text.matchAll(rule.pattern).take(MATCHES)) {
          const url = fill(rule.url, match, encodeURIComponent)
          if (match[0] === "" || !/^https?:\/\//i.test(url) || !URL.canParse(url)) continue
          const label = rule.label === undefined ? match[0] : fill(rule.label, match, (part) => part)
          links.delete(url)
          links.set(url, truncate(sanitiseLine(label), LABEL_COLUMNS))
        }
      }
      while (links.size > SHOWN) links.delete(links.keys().next().value ?? "")
    },
    get row() {
      if (links.size === 0) return null
      return [...links].flatMap(([url, label], at) => [
        span(at === 0 ? "  " : " · ", { fg: "muted" }),
        span(label, { fg: "accent", underline: true, link: url }),
      ])
    },
    clear: () => links.clear(),
  }
}

function textOf(cell: Cell): string {
  switch (cell.kind) {
    case "prompt":
      return cell.text
    case "text":
      return cell.source
    case "tool":
      return `${cell.title}\n${cell.detail}`
    default:
      return ""
  }
}

function fill(template: string, match: RegExpMatchArray, write: (part: string) => string): string {
  return template.replace(
    /\$(\d)|\$<(\w+)>|\{(\w+)\}/g,
    (whole, number?: string, name?: string, brace?: string) => {
      const key = number ?? name ?? brace ?? ""
      const part = /^\d+$/.test(key) ? match[Number(key)] : match.groups?.[key]
      return part === undefined ? (number === undefined && name === undefined ? whole : "") : write(part)
    },
  )
}
