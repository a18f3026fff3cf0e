/** Servers of the project's `.mcp.json`: each is asked about with its whole entry, and again when the entry changes. */
import { rememberWritten } from "../config/folder-approvals.ts"
import { persistSetting } from "../config/persist.ts"
import { isObject, isTexts } from "../extend/json.ts"
import type { WaitingServer } from "../extend/mcp/read-config.ts"
import type { StartAnswer, StartQuestion } from "../tui/dialogs/start-question.ts"
import { waitingServers } from "./configured-servers.ts"
import { type Prepared, prepare } from "./prepare.ts"

/** Escape decides nothing: the server does not start, and the next start asks again. */
export async function confirmServers(
  prepared: Prepared,
  ask: (question: StartQuestion) => Promise<StartAnswer>,
  lost: string[],
): Promise<Prepared> {
  const waiting = await waitingServers(prepared)
  if (waiting.length === 0) return prepared
  let changed = false
  for (const server of waiting) {
    const answer = await ask(serverQuestion(server))
    if (answer === "left") continue
    await remember(prepared, server, answer === "yes").then(
      () => (changed = true),
      (error: unknown) => {
        lost.push(
          `The answer about the MCP server ${server.name} is not kept, and it did not start: ${error instanceof Error ? error.message : String(error)}`,
        )
      },
    )
  }
  return changed ? prepare(prepared.flags, false, prepared.trusted) : prepared
}

async function remember(prepared: Prepared, { name, entry }: WaitingServer, yes: boolean): Promise<void> {
  const { cwd, paths, flags } = prepared
  if (yes) {
    const [{ approve }, { approvalHash }] = await Promise.all([
      import("../extend/mcp/approvals.ts"),
      import("../extend/mcp/read-config.ts"),
    ])
    await approve(cwd, name, approvalHash(entry), paths)
  }
  // Read again: the answer before this one may have changed the list.
  const { config } = prepare(flags, false, prepared.trusted)
  const key = yes ? "enabledMcpjsonServers" : "disabledMcpjsonServers"
  const local = config.layers.find(({ source }) => source === "localSettings")?.values[key]
  const names = isTexts(local) ? local : []
  if (!names.includes(name))
    await persistSetting(key, [...names, name], "local", config.files, (layer) =>
      rememberWritten(cwd, paths, layer),
    )
}

export function serverQuestion({ name, entry, changed }: WaitingServer): StartQuestion {
  return {
    title: changed
      ? `The MCP server ${name} of this project has changed. Start it?`
      : `Start the MCP server ${name} of this project?`,
    paragraphs: [
      "It comes from .mcp.json in this folder. A server runs with your rights, sees what the model sends it, and what it answers reaches the model.",
    ],
    groups: [{ heading: "Its entry:", items: itemsOf(entry) }],
    yes: "Yes, start it in this project",
    no: "No, never (esc: not now)",
    colour: "warning",
    first: "no",
  }
}

/** Every member of the entry as written; of variables and headers what looks like a secret is named and measured only. */
function itemsOf(entry: unknown): StartQuestion["groups"][number]["items"] {
  if (!isObject(entry)) return [{ name: "entry", value: JSON.stringify(entry) ?? "" }]
  return Object.entries(entry).flatMap(([name, value]) => {
    if (isObject(value))
      return Object.entries(value).map(([inner, text]) => ({
        name: `${name} ${inner}`,
        value: name === "env" || name === "headers" ? veiled(inner, textOf(text)) : textOf(text),
      }))
    return [
      {
        name,
        value: Array.isArray(value) ? value.map((one) => JSON.stringify(one)).join(" ") : textOf(value),
      },
    ]
  })
}

/** Names that secrets go by, and values made of nothing but long runs of random-looking characters. */
const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie|session|signature|private|dsn/i
const SECRET_VALUE = /^(?:(?:Bearer|Basic) )?(?=\S*\d)(?=\S*[A-Za-z])[\w+=~.-]{20,}$|:\/\/[^/\s:@]*:[^/\s@]+@/
/** `${NAME}`: what it stands for is the person's own and not written here. */
const REFERENCE = /^\$\{\w+\}$/

function veiled(name: string, value: string): string {
  const secret = SECRET_NAME.test(name) || SECRET_VALUE.test(value)
  if (!secret || value === "" || REFERENCE.test(value)) return value
  return `(${value.length} ${value.length === 1 ? "character" : "characters"}, not shown)`
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "")
}
