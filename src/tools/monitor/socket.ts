/** Messages of a WebSocket as lines. Only public addresses are asked, bound to the address that was judged (spec/tools.md Monitor). */
import { version } from "../../lib/version.ts"
import { Spool } from "../shell/spool.ts"
import { type Judged, judgePublicHost } from "../web/address.ts"
import type { Source, SourceRequest } from "./source.ts"

/** As long as a page may take to answer; own choice. */
const CONNECT_MS = 30_000
/** Ends a message as a line. */
const LF = Uint8Array.of(10)

export interface SocketWish {
  readonly url: string
  readonly protocols?: readonly string[] | undefined
}

/** RFC 6455 section 7.4.1: a normal end, and a server that goes away. */
const NORMAL = 1000
const GOING_AWAY = 1001

/** Null when `url` is a WebSocket's, else why not, for the model. */
export function wrongSocketUrl(url: string): string | null {
  const parsed = URL.parse(url)
  if (parsed === null || (parsed.protocol !== "ws:" && parsed.protocol !== "wss:"))
    return `"${url}" is no WebSocket address. Give one that begins with ws:// or wss://.`
  return parsed.username || parsed.password ? "Addresses with a user name or password are not opened." : null
}

/** Settles when the connection stands. Throws an Error whose message is fit for the model. */
export async function listenToSocket(
  { url, protocols = [] }: SocketWish,
  { outputFile, onData }: SourceRequest,
  signal: AbortSignal,
  judge: (hostname: string) => Promise<Judged> = judgePublicHost,
): Promise<Source> {
  const target = new URL(url)
  const judged = await judge(target.hostname)
  if (judged.refusal !== null) throw new Error(`${url} was not opened: ${judged.refusal}.`)
  signal.throwIfAborted()
  const socket = openAt(target, judged.addresses[0] ?? target.hostname, protocols)
  socket.binaryType = "arraybuffer"
  const spool = new Spool(outputFile)
  const closed = Promise.withResolvers<Awaited<Source["ended"]>>()
  const opened = Promise.withResolvers<void>()
  const late = setTimeout(
    () => opened.reject(new Error(`no answer within ${CONNECT_MS / 1000} s`)),
    CONNECT_MS,
  )
  const abort = () => opened.reject(signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  socket.onopen = () => opened.resolve()
  socket.onclose = ({ code, reason }) => {
    opened.reject(new Error(reason || `closed with code ${code}`))
    closed.resolve({ ok: code === NORMAL || code === GOING_AWAY, how: `ended: closed with code ${code}` })
  }
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const bytes = typeof data === "string" ? Buffer.from(data) : new Uint8Array(data)
    for (const part of [bytes, LF]) {
      spool.write("stdout", part)
      onData(part)
    }
  }
  try {
    await opened.promise
  } catch (error) {
    socket.terminate()
    signal.throwIfAborted()
    throw new Error(`${url} could not be opened: ${(error as Error).message}.`)
  } finally {
    clearTimeout(late)
    signal.removeEventListener("abort", abort)
  }
  spool.open()
  return {
    ended: closed.promise,
    stop() {
      socket.close(NORMAL)
      // A server that does not answer the goodbye holds nobody up.
      closed.resolve({ ok: true, how: `ended: closed with code ${NORMAL}` })
    },
    dispose() {
      socket.terminate()
      spool.close()
    },
  }
}

/** By number, as the judged name: certificate and virtual host are still those of the name. */
function openAt(target: URL, address: string, protocols: readonly string[]): WebSocket {
  const direct = new URL(target)
  direct.hostname = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address
  return new WebSocket(direct.href, {
    headers: { host: target.host, "user-agent": `ccts/${version}` },
    ...(protocols.length === 0 ? {} : { protocols: [...protocols] }),
    ...(target.protocol === "wss:" ? { tls: { serverName: target.hostname } } : {}),
  })
}
