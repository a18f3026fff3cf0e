import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AssistantMessage } from "../../src/model/line.ts"
import { NO_USAGE } from "../../src/model/usage.ts"

/** A folder of its own for one test; gone when the test ends (`using`). */
export function tempDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "ccts-store-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function reply(text: string, more: Partial<AssistantMessage> = {}): AssistantMessage {
  return {
    id: `msg_${crypto.randomUUID()}`,
    type: "message",
    role: "assistant",
    model: "claude-test-1",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: NO_USAGE,
    ...more,
  }
}

/** Text of the messages of a chain, for comparing. */
export function saidIn(lines: readonly unknown[]): string[] {
  return lines.flatMap((line) => {
    const { message } = line as { message?: { content: string | { type: string; text?: string }[] } }
    if (!message) return []
    if (typeof message.content === "string") return [message.content]
    return message.content.map((block) => block.text ?? block.type)
  })
}
