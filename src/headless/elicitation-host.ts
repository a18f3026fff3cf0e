import { type ElicitationAnswer, readElicitationAnswer } from "../model/elicitation.ts"
import type { Engine } from "../model/engine.ts"
import type { ElicitEvent, Event } from "../model/event.ts"
import { type HostChannel, HostError } from "./host-channel.ts"
import { isObject, type Json } from "./shapes.ts"

export interface ElicitationHostOptions {
  readonly engine: Pick<Engine, "send">
  /** Null where nobody listens: whatever a server asks is declined. */
  readonly channel: HostChannel | null
}

/** Puts questions of MCP servers to the host (`elicitation` in spec/headless.md section 6). */
export function createElicitationHost({ engine, channel }: ElicitationHostOptions): {
  see(event: Event): void
} {
  const open = new Map<string, AbortController>()

  const answer = async (event: ElicitEvent) => {
    const abort = new AbortController()
    open.set(event.elicit, abort)
    let given: ElicitationAnswer = { action: "decline" }
    try {
      const reply = await channel?.request("elicitation", question(event), abort.signal)
      given = readElicitationAnswer(reply) ?? given
    } catch {
      // A host that cannot answer, or is gone, has not agreed.
      if (abort.signal.aborted) return
    }
    if (open.delete(event.elicit)) engine.send({ type: "elicited", elicit: event.elicit, answer: given })
  }

  return {
    see(event) {
      if (event.type === "elicit") return void answer(event)
      if (event.type !== "elicit.end") return
      open.get(event.elicit)?.abort(new HostError("The question is no longer open."))
      open.delete(event.elicit)
    },
  }
}

function question({ about }: ElicitEvent): Json {
  const { server, message, mode, url, id, schema } = about
  const properties = schema?.properties
  return {
    mcp_server_name: server,
    message,
    mode,
    ...(url !== undefined && { url }),
    ...(id !== undefined && { elicitation_id: id }),
    ...(schema !== undefined && { requested_schema: schema }),
    ...(isObject(properties) && { property_order: Object.keys(properties) }),
  }
}
