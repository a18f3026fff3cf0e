/** Requests to authorisation servers that an MCP server named: only to places a secret may be sent to, short and in time. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js"
import { isSafeAddress } from "../lib/safe-address.ts"
import { version } from "../lib/version.ts"
import { CredentialError } from "./credential.ts"

const DEADLINE_MS = 30_000
/** Metadata and answers with tokens are far smaller. */
const ANSWER_MAX_BYTES = 256 * 1024

export function oauthFetch(signal?: AbortSignal): FetchLike {
  return async (url, init = {}) => {
    const address = new URL(url)
    if (!isSafeAddress(address))
      throw new CredentialError(
        `${address.host}: a sign-in needs an https address, not ${address.protocol}//`,
      )
    const late = AbortSignal.timeout(DEADLINE_MS)
    const headers = new Headers(init.headers)
    headers.set("user-agent", `ccts/${version}`)
    let response: Response
    try {
      response = await fetch(address, {
        ...init,
        headers,
        // A redirect would carry a secret to another place.
        redirect: "error",
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      })
    } catch (error) {
      if (signal?.aborted) throw error
      const why = late.aborted ? `did not answer in ${DEADLINE_MS / 1000} s` : "cannot be reached"
      throw new CredentialError(`the sign-in service at ${address.host} ${why}`)
    }
    const body = await readBody(response, address.host)
    const { status, statusText } = response
    const empty = status === 204 || status === 304
    return new Response(empty ? null : body, { status, statusText, headers: response.headers })
  }
}

async function readBody(response: Response, host: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > ANSWER_MAX_BYTES)
      throw new CredentialError(`the sign-in service at ${host} sent too long an answer`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}
