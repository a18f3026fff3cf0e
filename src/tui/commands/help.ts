import type { SlashCommand } from "./command.ts"

export const help: SlashCommand = {
  name: "help",
  aliases: [],
  description: "List the commands",
  run({ commands, notice }) {
    const width = Math.max(...commands.map((command) => usage(command).length))
    const lines = commands.map((command) => `${usage(command).padEnd(width)}  ${command.description}`)
    notice("info", `Commands\n${lines.join("\n")}\nPress ? on an empty prompt for the keys.`)
  },
}

function usage(command: SlashCommand): string {
  return `/${command.name}${command.argumentHint === undefined ? "" : ` ${command.argumentHint}`}`
}
