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

/** Null when the host may be asked, else why not. A private address that is written out was seen by who allowed it. */
export async function refusalOf(hostname: string): Promise<string | null> {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .toLowerCase()
    .replace(/\.$/, "")
  if (isIP(host)) return within(LINK_LOCAL, host) ? `${host} is a link-local address` : null
  if (host === "localhost" || host.endsWith(".localhost")) return null
  const found = await lookup(host, { all: true }).catch(() => null)
  if (found === null || found.length === 0) return `the host ${host} could not be found`
  const bad = found.find(({ address }) => within(LOCAL, address) || within(LINK_LOCAL, address))
  return bad === undefined ? null : `${host} leads to the private address ${bad.address}`
}

export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase()
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\./.test(host)
}

function within(list: BlockList, address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return list.check(mapped[1], "ipv4")
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
}
