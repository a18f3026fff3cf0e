/** A fetched page as Markdown or plain text; null for what is no text. */

/** Parsing costs many times the size; what lies behind is rarely the article. */
const HTML_CHARS = 2_000_000

export async function toMarkdown(bytes: Uint8Array, contentType: string): Promise<string | null> {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? ""
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1]
  if (!isText(type, bytes)) return null
  const text = decode(bytes, charset)
  if (
    type !== "text/html" &&
    type !== "application/xhtml+xml" &&
    !(type === "" && /^\s*<(!doctype|html)/i.test(text))
  )
    return text
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

function isText(type: string, bytes: Uint8Array): boolean {
  if (type.startsWith("text/") || /[/+](json|xml|javascript|yaml|toml|x-sh|graphql|x-ndjson)$/.test(type))
    return true
  return (type === "" || type === "application/octet-stream") && !bytes.subarray(0, 8192).includes(0)
}

function decode(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder((charset ?? "utf-8") as Bun.Encoding).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
