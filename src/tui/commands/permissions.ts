import type { PermissionUpdate } from "../../model/permission.ts"
import type { SlashCommand } from "./command.ts"

export const permissions: SlashCommand = {
  name: "permissions",
  aliases: ["allowed-tools"],
  description: "Show the mode and what was agreed to in this session",
  run({ state, notice }) {
    const agreed = state.agreed.flatMap(describe)
    const lines =
      agreed.length === 0
        ? ["Nothing was agreed to for good in this session."]
        : ["Agreed to in this session:", ...agreed]
    notice("info", [`Mode: ${state.session?.mode ?? "unknown"}`, ...lines].join("\n"))
  },
}

function describe(update: PermissionUpdate): string[] {
  switch (update.type) {
    case "setMode":
      return [`  mode ${update.mode} (${update.destination})`]
    case "addDirectories":
    case "removeDirectories":
      return update.directories.map(
        (folder) =>
          `  ${update.type === "addDirectories" ? "+" : "-"} folder ${folder} (${update.destination})`,
      )
    default:
      return update.rules.map((rule) => {
        const text = rule.ruleContent === undefined ? rule.toolName : `${rule.toolName}(${rule.ruleContent})`
        return `  ${update.behavior} ${text} (${update.destination})`
      })
  }
}
