/** Which network addresses a page may come from: names must not lead into the private network behind one's back. */
import { lookup } from "node:dns/promises"
import { BlockList, isIP } from "node:net"

/** Special-purpose networks that are not the public internet (IANA registries, RFC 6890). */
const LOCAL = new BlockList()
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  LOCAL.addSubnet(net, bits, "ipv4")
for (const [net, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["ff00::", 8],
] as const)
  LOCAL.addSubnet(net, bits, "ipv6")

/** Cloud machines hand out credentials there. */
const LINK_LOCAL = new BlockList()
LINK_LOCAL.addSubnet("169.254.0.0", 16, "ipv4")
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6")
LINK_LOCAL.addAddress("fd00:ec2::254", "ipv6")

export type Judged =
  | { readonly refusal: string }
  /** Connect to one of these and to nothing else: a second look-up could answer otherwise. */
  | { readonly refusal: null; readonly addresses: readonly string[] }

/** All addresses of a name; rejects or is empty when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const resolveName: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address)

/** A proxy stands elsewhere: what is private there is not the network that the person allowed to be asked. */
const NOT_BY_PROXY = "a proxy does not ask there (name the host in NO_PROXY to ask it directly)"

/**
 * Resolves a host once. A private address that is written out was seen by who allowed it; a name may not hide one.
 * `proxied`: a proxy resolves the name again, out of our sight, so nothing private is handed to it, and a name that is
 * unknown here is its business.
 */
export async function judgeHost(
  hostname: string,
  { proxied = false, resolve = resolveName }: { readonly proxied?: boolean; readonly resolve?: Resolve } = {},
): Promise<Judged> {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .toLowerCase()
    .replace(/\.$/, "")
  if (isIP(host)) {
    if (within(LINK_LOCAL, host)) return { refusal: `${host} is a link-local address` }
    if (proxied && within(LOCAL, host)) return { refusal: `${host} is a private address; ${NOT_BY_PROXY}` }
    return { refusal: null, addresses: [host] }
  }
  if (isLoopback(host))
    return proxied
      ? { refusal: `${host} is this machine; ${NOT_BY_PROXY}` }
      : { refusal: null, addresses: ["127.0.0.1", "::1"] }
  const found = await resolve(host).catch(() => [])
  const bad = found.find((address) => within(LOCAL, address) || within(LINK_LOCAL, address))
  if (bad !== undefined) return { refusal: `${host} leads to the private address ${bad}` }
  if (found.length === 0 && !proxied) return { refusal: `the host ${host} could not be found` }
  return { refusal: null, addresses: found }
}

/** As `judgeHost`, for what may reach nothing private even when the address is written out. */
export async function judgePublicHost(hostname: string, resolve: Resolve = resolveName): Promise<Judged> {
  const judged = await judgeHost(hostname, { resolve })
  if (judged.refusal !== null) return judged
  const bad = judged.addresses.find((address) => within(LOCAL, address))
  return bad === undefined ? judged : { refusal: `${bad} is a private address` }
}

export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase()
  return (
    host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(?:\.\d+){3}$/.test(host)
  )
}

/** The IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4), in either way of writing it; null for others. */
function embeddedV4(address: string): string | null {
  if (isIP(address) !== 6) return null
  // The URL parser writes every address in one way, all in hexadecimal.
  const text = URL.parse(`http://[${address.split("%")[0]}]/`)?.hostname.slice(1, -1) ?? address
  const found =
    /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(text) ??
    /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/.exec(text)
  if (found === null) return null
  const high = Number.parseInt(found[1] ?? "0", 16)
  const low = Number.parseInt(found[2] ?? "0", 16)
  return [high >> 8, high & 255, low >> 8, low & 255].join(".")
}

function within(list: BlockList, address: string): boolean {
  const inside = embeddedV4(address)
  if (inside !== null && list.check(inside, "ipv4")) return true
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
}
