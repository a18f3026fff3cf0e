import type { HostChannel } from "../../headless/host-channel.ts"
import type { InitializeReply, InitializeRequest } from "../../headless/initialize.ts"
import type { Engine } from "../../model/engine.ts"
import type { HostPrompt } from "../compose.ts"
import type { ExtendSession } from "../host-extensions.ts"
import type { SessionParts } from "../session-parts.ts"

/** What a host's `initialize` sets in a session. Rejects with one line naming a bad field. */
export async function applyInitialize(
  request: InitializeRequest,
  session: {
    readonly host: HostPrompt
    readonly parts: SessionParts
    readonly engine: Pick<Engine, "send">
    readonly extend: ExtendSession
    readonly channel: HostChannel
  },
): Promise<InitializeReply> {
  const { host, parts, engine } = session
  if (request.systemPrompt !== undefined) host.custom = request.systemPrompt
  if (request.appendSystemPrompt !== undefined) host.append = request.appendSystemPrompt
  if (request.excludeDynamicSections !== undefined) host.excludeDynamic = request.excludeDynamicSections
  if (request.systemPromptSnapshot !== undefined) host.fresh = !request.systemPromptSnapshot
  if (request.toolAliases !== undefined) host.toolAliases = namesOf(request.toolAliases)
  if (request.planModeInstructions !== undefined) host.planInstructions = request.planModeInstructions
  if (request.promptSuggestions !== undefined) host.suggestions = request.promptSuggestions
  if (request.skills !== undefined) parts.skills?.only(request.skills)
  if (request.title !== undefined && request.title.trim() !== "")
    engine.send({ type: "title", title: request.title.trim() })
  if (request.jsonSchema !== undefined) {
    await parts.structured.require(request.jsonSchema).catch((error: unknown) => {
      throw new Error(`initialize: jsonSchema is ${error instanceof Error ? error.message : String(error)}`)
    })
  }
  return session.extend(request, session.channel)
}

function namesOf(aliases: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  for (const [name, target] of Object.entries(aliases)) {
    if (typeof target !== "string") throw new Error(`initialize: toolAliases.${name} must be a string.`)
  }
  return aliases as Readonly<Record<string, string>>
}
