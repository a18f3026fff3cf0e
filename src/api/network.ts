/** How requests leave the machine: proxy, extra certificates, client certificate (spec/cli.md section 5.1). */
import { readFileSync } from "node:fs"
import { proxyFor } from "../lib/proxy.ts"
import type { Env } from "./models.ts"

/** The parts of Bun's fetch options that are ours. */
export interface NetworkOptions {
  readonly proxy?: string | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  readonly tls?: {
    readonly ca?: string[]
    readonly cert?: string
    readonly key?: string
    readonly passphrase?: string
  }
}

/**
 * Reads the files the variables name, once per call; throws an error that names the variable when one cannot be read.
 * Certificates of the environment the process started with are Bun's own business; only later ones (settings) are
 * added here.
 */
export async function networkOptions(
  url: string,
  env: Env,
  started: Env = process.env,
): Promise<NetworkOptions> {
  const proxy = proxyFor(new URL(url), env)
  const extra = env.NODE_EXTRA_CA_CERTS
  const late = extra && extra !== started.NODE_EXTRA_CA_CERTS ? extra : undefined
  const { CLAUDE_CODE_CLIENT_CERT: cert, CLAUDE_CODE_CLIENT_KEY: key } = env
  const passphrase = env.CLAUDE_CODE_CLIENT_KEY_PASSPHRASE
  const store = env.CLAUDE_CODE_CERT_STORE ? await authorities(env.CLAUDE_CODE_CERT_STORE) : null
  // A list that is given replaces the runtime's own, the extra certificates of its start included.
  const more = store === null ? late : extra
  const ca = [
    ...(store ?? (late ? await roots() : [])),
    ...(more ? [readNamed("NODE_EXTRA_CA_CERTS", more)] : []),
  ]
  const tls = {
    ...(ca.length > 0 ? { ca } : {}),
    ...(cert ? { cert: readNamed("CLAUDE_CODE_CLIENT_CERT", cert) } : {}),
    ...(key ? { key: readNamed("CLAUDE_CODE_CLIENT_KEY", key) } : {}),
    ...(passphrase ? { passphrase } : {}),
  }
  return { ...(proxy ? { proxy } : {}), ...(Object.keys(tls).length > 0 ? { tls } : {}) }
}

/** Which certificate authorities count: `bundled`, `system`, or both, with a comma. */
async function authorities(words: string): Promise<readonly string[]> {
  const { getCACertificates } = await import("node:tls")
  return words.split(",").flatMap((word) => {
    const name = word.trim()
    if (name === "bundled" || name === "system") return getCACertificates(name)
    throw new Error(`CLAUDE_CODE_CERT_STORE: "${name}" is none of bundled, system`)
  })
}

/** A given list replaces the built-in one, so both go together. */
async function roots(): Promise<readonly string[]> {
  const { rootCertificates } = await import("node:tls")
  return rootCertificates
}

function readNamed(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    throw new Error(`${name} names a file that cannot be read: ${path}`)
  }
}

/** The same, with what the proxy wants to know of us; `authorization` is asked only where there is a proxy. */
export async function withProxyAuth(
  options: NetworkOptions,
  authorization: (() => Promise<string>) | undefined,
): Promise<NetworkOptions> {
  if (authorization === undefined || typeof options.proxy !== "string") return options
  const headers = { "Proxy-Authorization": await authorization() }
  return { ...options, proxy: { url: options.proxy, headers } }
}
