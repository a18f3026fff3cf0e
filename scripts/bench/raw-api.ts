/**
 * A Messages API that costs next to nothing and knows to the microsecond when a request began to arrive and when the
 * last byte of a reply was handed to the socket. It checks nothing: the fake API of the tests does.
 */

import type { AddressInfo } from "node:net"
import { createServer, type Socket } from "node:net"
import { encodeReply } from "../../test/fake-api/encode-reply.ts"
import { type Part, text } from "../../test/fake-api/reply.ts"

export interface Exchange {
  /** Bun.nanoseconds of the first byte of the request. */
  readonly arrived: number
  /** Of the moment the socket had taken the whole reply; 0 before. */
  replied: number
}

export interface RawApi extends AsyncDisposable {
  readonly url: string
  /** Requests that offer tools, in order. */
  readonly turns: readonly Exchange[]
}

/** `reply` makes the bytes of the answer to turn `index` (see `encode`); other requests are answered with a word. */
export async function rawApi(reply: (index: number) => Buffer): Promise<RawApi> {
  const turns: Exchange[] = []
  const word = encode([text("ok")].flat())
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    let parts: Buffer[] = []
    let size = 0
    let arrived = 0
    let expected = Number.POSITIVE_INFINITY
    socket.on("data", (chunk: Buffer) => {
      if (size === 0) arrived = Bun.nanoseconds()
      parts.push(chunk)
      size += chunk.length
      if (expected === Number.POSITIVE_INFINITY) expected = sizeOf(Buffer.concat(parts))
      if (size < expected) return
      const request = Buffer.concat(parts)
      parts = []
      size = 0
      expected = Number.POSITIVE_INFINITY
      if (!request.includes('"tools":[')) return void socket.write(word)
      const exchange: Exchange = { arrived, replied: 0 }
      turns.push(exchange)
      socket.write(reply(turns.length - 1), () => {
        exchange.replied = Bun.nanoseconds()
      })
    })
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A whole HTTP answer with the events of `parts`. */
export function encode(parts: readonly Part[]): Buffer {
  const usage = { input_tokens: 100, output_tokens: 100 }
  const events = [...encodeReply({ model: "claude-sonnet-5-5", parts, usage })].join("")
  const body = Buffer.from(events)
  const head = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_bench\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Bytes of the request that `bytes` begins, head and body; infinite while the head is incomplete. */
function sizeOf(bytes: Buffer): number {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return Number.POSITIVE_INFINITY
  const length = /content-length: (\d+)/i.exec(bytes.subarray(0, end).toString("latin1"))
  return end + 4 + Number(length?.[1] ?? 0)
}
