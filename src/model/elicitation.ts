/** What an MCP server wants to know from the person (`elicitation/create` of the Model Context Protocol). */
export interface Elicitation {
  readonly server: string
  readonly message: string
  /** `form`: fields of `schema`; `url`: something to be done in a browser, out of our sight. */
  readonly mode: "form" | "url"
  /** JSON schema of a flat object: strings, numbers, booleans, choices. */
  readonly schema?: Readonly<Record<string, unknown>>
  readonly url?: string
  /** The server's own name for it, when it will say that it is done. */
  readonly id?: string
}

export type ElicitationAnswer =
  | { readonly action: "accept"; readonly content?: Readonly<Record<string, unknown>> }
  | { readonly action: "decline" | "cancel" }

/** Reads an answer as hosts and hooks give it; null when it is none. */
export function readElicitationAnswer(value: unknown): ElicitationAnswer | null {
  if (typeof value !== "object" || value === null || !("action" in value)) return null
  switch (value.action) {
    case "accept": {
      const content = "content" in value ? value.content : undefined
      if (content === undefined || content === null) return { action: "accept" }
      return isRecord(content) ? { action: "accept", content } : null
    }
    case "decline":
    case "cancel":
      return { action: value.action }
    default:
      return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
