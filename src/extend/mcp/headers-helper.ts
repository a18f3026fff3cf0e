/** Headers of a remote server from the person's own command, run anew for every connection (spec/mcp.md section 4). */
import { startGroup } from "../../lib/process.ts"
import { isTextMap } from "../json.ts"

const DEADLINE_MS = 10_000
/** Far more than headers need. */
const MAX_BYTES = 256 * 1024
/** Variables that look like a secret; a command that a folder brings does not get them. */
const CREDENTIAL = /(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|AUTH)/i

export interface HelperRequest {
  readonly command: string
  readonly name: string
  readonly url: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** It comes from the project, or a plugin. */
  readonly foreign: boolean
}

/** Rejects with one line when it fails, is late, or prints something else. */
export async function runHeadersHelper(
  request: HelperRequest,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { command, name, url, cwd, env, foreign } = request
  const kept = foreign
    ? Object.fromEntries(Object.entries(env).filter(([variable]) => !CREDENTIAL.test(variable)))
    : env
  const decoder = new TextDecoder()
  let text = ""
  let tooLong = false
  const group = startGroup({
    argv: process.platform === "win32" ? ["cmd", "/c", command] : ["/bin/sh", "-c", command],
    cwd,
    env: { ...kept, CLAUDE_CODE_MCP_SERVER_NAME: name, CLAUDE_CODE_MCP_SERVER_URL: url },
    onData(stream, chunk) {
      if (stream !== "stdout" || tooLong) return
      text += decoder.decode(chunk, { stream: true })
      if (text.length <= MAX_BYTES) return
      tooLong = true
      group.kill()
    },
  })
  const late = AbortSignal.timeout(DEADLINE_MS)
  const stop = AbortSignal.any([signal, late])
  const onAbort = () => group.kill()
  stop.addEventListener("abort", onAbort, { once: true })
  const { code } = await group.ended
  stop.removeEventListener("abort", onAbort)
  signal.throwIfAborted()
  if (late.aborted) throw new Error(`its headersHelper did not end within ${DEADLINE_MS / 1_000} s`)
  if (tooLong) throw new Error("its headersHelper printed too much")
  if (code !== 0) throw new Error(`its headersHelper ended with exit code ${code}`)
  return parse(text)
}

/** What it printed may be a secret and is in no message. */
function parse(text: string): Readonly<Record<string, string>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error("its headersHelper printed no JSON")
  }
  if (!isTextMap(value)) throw new Error("its headersHelper must print an object of texts")
  for (const [header, content] of Object.entries(value))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header) || /[\r\n\0]/.test(content))
      throw new Error(`its headersHelper printed an invalid header`)
  return value
}
