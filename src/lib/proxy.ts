/** Which proxy a request goes through, read from the environment as curl reads it. */

/** The proxy for `url`, upper or lower case names as curl takes them; undefined for a direct connection. */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const proxy =
    url.protocol === "https:" ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy
  if (!proxy || isExempt(url, env.NO_PROXY || env.no_proxy || "")) return undefined
  return proxy.includes("://") ? proxy : `http://${proxy}`
}

/** Entries: `*`, a host (its subdomains too), `.domain`, each with an optional port; separated by commas or spaces. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, "")
  const port = url.port || (url.protocol === "https:" ? "443" : "80")
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true
      // A bare IPv6 address has colons of its own.
      const plain = entry.split(":").length > 2 && !entry.startsWith("[")
      const [, name = "", only] = (plain ? null : /^(.*?)(?::(\d+))?$/.exec(entry)) ?? [entry, entry]
      if (only !== undefined && only !== port) return false
      const bare = name.replace(/^\*?\./, "").replace(/^\[|\]$/g, "")
      return bare !== "" && (host === bare || host.endsWith(`.${bare}`))
    })
}
