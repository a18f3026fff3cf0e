/** Which network addresses a page may come from: names must not lead into the private network behind one's back. */
import { lookup } from "node:dns/promises"
import { BlockList, isIP } from "node:net"

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

/** Null when the host may be asked, else why not. */
export async function refusalOf(hostname: string): Promise<string | null> {
  return (await judgeHost(hostname)).refusal
}

/** Resolves a host once. A private address that is written out was seen by who allowed it; a name may not hide one. */
export async function judgeHost(hostname: string): Promise<Judged> {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .toLowerCase()
    .replace(/\.$/, "")
  if (isIP(host))
    return within(LINK_LOCAL, host)
      ? { refusal: `${host} is a link-local address` }
      : { refusal: null, addresses: [host] }
  if (host === "localhost" || host.endsWith(".localhost"))
    return { refusal: null, addresses: ["127.0.0.1", "::1"] }
  const found = await lookup(host, { all: true }).catch(() => null)
  if (found === null || found.length === 0) return { refusal: `the host ${host} could not be found` }
  const bad = found.find(({ address }) => within(LOCAL, address) || within(LINK_LOCAL, address))
  return bad === undefined
    ? { refusal: null, addresses: found.map(({ address }) => address) }
    : { refusal: `${host} leads to the private address ${bad.address}` }
}

export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase()
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\./.test(host)
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
