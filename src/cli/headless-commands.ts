/** Commands of the terminal that a run without one answers in words (spec/headless.md section 1). */
import type { EnginePort, ExtraCommand } from "../engine/options.ts"
import type { Extensions } from "./extensions.ts"
import { createLiveSettings } from "./live-settings.ts"
import type { Prepared } from "./prepare.ts"

export function headlessCommands(
  prepared: Prepared,
  { servers, port }: { servers: Extensions["servers"]; port(): EnginePort | null },
): readonly ExtraCommand[] {
  return [
    {
      name: "color",
      description: "Set the colour of the prompt bar",
      argumentHint: "[colour]",
      answer: () => "A colour is for a terminal; this session has none and nothing was changed.",
    },
    {
      name: "config",
      description: "Show or change a setting of yours",
      argumentHint: "<key>[=<value>]",
      answer: (args) => answerConfig(prepared, port, args),
    },
    {
      name: "fast",
      description: "Fast mode",
      argumentHint: "[on|off]",
      answer: (args) =>
        args === "off"
          ? "Fast mode is off."
          : "Fast mode is not available in ccts; nothing was changed. /model chooses a faster model.",
    },
    {
      name: "mcp",
      description: "Show how the MCP servers are",
      argumentHint: "",
      answer: () => serverLines(servers()?.status() ?? []),
    },
  ]
}

async function answerConfig(
  prepared: Prepared,
  port: () => EnginePort | null,
  args: string,
): Promise<string> {
  const { createSettingsPort } = await import("./settings-port.ts")
  const settings = createSettingsPort(
    createLiveSettings(prepared, { send: (command) => port()?.send(command) }),
  )
  const [, key = "", value] = /^([^\s=]+)\s*(?:=\s*([\s\S]*))?$/.exec(args) ?? []
  if (key === "") return "/config takes a key, or key=value; an empty value removes your setting."
  const row = settings.list().find((one) => one.key === key)
  if (row === undefined) return `There is no setting ${key}.`
  if (value === undefined)
    return `${key} = ${row.value === "" ? "unset" : row.value} (${row.from}). It takes ${row.accepts}.`
  return (await settings.set(key, value.trim())).text
}

function serverLines(
  servers: readonly {
    readonly name: string
    readonly status: string
    readonly error?: string | undefined
    readonly tools?: readonly unknown[] | undefined
  }[],
): string {
  if (servers.length === 0) return "There are no MCP servers in this session."
  return servers
    .map(({ name, status, error, tools = [] }) => {
      const more =
        error !== undefined ? `: ${error}` : status === "connected" ? `, ${tools.length} tools` : ""
      return `${name}: ${status}${more}`
    })
    .join("\n")
}
