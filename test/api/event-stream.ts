/** Server-sent events as Amazon's binary event stream: one frame per event (length, headers, payload, checksums). */
import { crc32 } from "node:zlib"

export function toEventStream(sse: string): Response {
  const frames = [...sse.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => frame(data))
  return new Response(Buffer.concat(frames), {
    headers: { "content-type": "application/vnd.amazon.eventstream" },
  })
}

function frame(data: string): Buffer {
  const payload = Buffer.from(JSON.stringify({ bytes: Buffer.from(data).toString("base64") }))
  const headers = Buffer.concat([
    header(":event-type", "chunk"),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ])
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(12 + headers.length + payload.length + 4, 0)
  prelude.writeUInt32BE(headers.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const body = Buffer.concat([prelude, headers, payload])
  const end = Buffer.alloc(4)
  end.writeUInt32BE(crc32(body), 0)
  return Buffer.concat([body, end])
}

/** Type 7 is a string with a 16-bit length. */
function header(name: string, value: string): Buffer {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(value.length, 0)
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    size,
    Buffer.from(value),
  ])
}
