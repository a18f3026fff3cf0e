/** `ccts auto-mode …`: what the model of auto mode goes by. */
import { defineSubcommand } from "../define-subcommand.ts"

export const autoModeCommand = defineSubcommand({
  meta: { name: "auto-mode", description: "Show, question and reset what the model of auto mode goes by" },
  subCommands: {
    config: defineSubcommand({
      meta: { name: "config", description: "Print the lists in force, as JSON" },
      run: async () => (await import("../auto-mode-command.ts")).printConfig(),
    }),
    defaults: defineSubcommand({
      meta: { name: "defaults", description: "Print the built-in lists, as JSON" },
      args: {
        label: { type: "string", valueHint: "prefix", description: "Only entries whose name begins so" },
      },
      run: async ({ args }) => (await import("../auto-mode-command.ts")).printDefaults(args.label),
    }),
    critique: defineSubcommand({
      meta: {
        name: "critique",
        description: "Have a model look for gaps and contradictions in your own lists",
      },
      args: { model: { type: "string", valueHint: "name", description: "The model that looks" } },
      run: async ({ args }) => (await import("../auto-mode-command.ts")).critique(args.model),
    }),
    reset: defineSubcommand({
      meta: { name: "reset", description: "Remove autoMode from your own settings" },
      args: { yes: { type: "boolean", alias: "y", description: "Do not ask" } },
      run: async ({ args }) => (await import("../auto-mode-command.ts")).reset(args.yes === true),
    }),
  },
})
