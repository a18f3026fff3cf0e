/** Where secrets may be sent to: https, or http to this machine. */
export function isSafeAddress(address: string | URL): boolean {
  if (!URL.canParse(String(address))) return false
  const { protocol, hostname } = new URL(address)
  if (protocol === "https:") return true
  return protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname)
}
