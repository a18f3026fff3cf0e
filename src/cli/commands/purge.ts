import { defineSubcommand } from "../define-subcommand.ts"

export const purgeCommand = defineSubcommand({
  meta: {
    name: "purge",
    description: "Delete what is stored about a project: sessions, copies of files, prompts, trust",
  },
  args: {
    path: {
      type: "positional",
      required: false,
      description: "The project's folder; the current one by default",
    },
    all: { type: "boolean", description: "Every project" },
    "dry-run": { type: "boolean", description: "Only show what would be deleted" },
    interactive: { type: "boolean", alias: "i", description: "Ask about every project by itself" },
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
  },
  async run({ args }) {
    const { purge } = await import("../purge-command.ts")
    return purge({
      path: args.path,
      all: args.all === true,
      dryRun: args["dry-run"] === true,
      interactive: args.interactive === true,
      yes: args.yes === true,
    })
  },
})

/** The older way to say it. */
export const projectCommand = defineSubcommand({
  meta: { name: "project", description: "Data of a project" },
  subCommands: { purge: purgeCommand },
})
