/** A fetched page as Markdown or plain text; null for what is no text. */

/** Parsing costs many times the size; what lies behind is rarely the article. Own choice. */
export const HTML_CHARS = 2_000_000
/** As Read looks at files. */
const SNIFF_BYTES = 8 * 1024

export async function toMarkdown(bytes: Uint8Array, contentType: string): Promise<string | null> {
  if (!isText(mediaType(contentType), bytes)) return null
  const text = decodePage(bytes, contentType)
  if (!isHtml(bytes, contentType)) return text
  const { default: Turndown } = await import("turndown")
  const service = new Turndown({ headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-" })
  service.remove(["script", "style", "noscript", "iframe", "form"])
  // Pictures inside the page are long and say nothing.
  service.addRule("inline-pictures", {
    filter: (node) => node.nodeName === "IMG" && (node.getAttribute("src") ?? "").startsWith("data:"),
    replacement: () => "",
  })
  return service.turndown(text.slice(0, HTML_CHARS)).replace(/\n{3,}/g, "\n\n")
}

/** By its content type, or by its beginning when there is none. */
export function isHtml(bytes: Uint8Array, contentType: string): boolean {
  const type = mediaType(contentType)
  if (type === "text/html" || type === "application/xhtml+xml") return true
  return type === "" && /^\s*<(!doctype|html)/i.test(new TextDecoder().decode(bytes.subarray(0, SNIFF_BYTES)))
}

/** In the encoding the server names, else as UTF-8. */
export function decodePage(bytes: Uint8Array, contentType: string): string {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1]
  try {
    return new TextDecoder((charset ?? "utf-8") as Bun.Encoding).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

function mediaType(contentType: string): string {
  return contentType.split(";")[0]?.trim().toLowerCase() ?? ""
}

function isText(type: string, bytes: Uint8Array): boolean {
  if (type.startsWith("text/") || /[/+](json|xml|javascript|yaml|toml|x-sh|graphql|x-ndjson)$/.test(type))
    return true
  return (type === "" || type === "application/octet-stream") && !bytes.subarray(0, SNIFF_BYTES).includes(0)
}
