import { renderCompletion, SHELLS, type Shell } from "../completion.ts"
import { defineSubcommand } from "../define-subcommand.ts"

export const completionCommand = defineSubcommand({
  meta: { name: "completion", description: "Print completions for bash, zsh or fish" },
  args: {
    shell: { type: "positional", description: SHELLS.join(", "), required: false },
  },
  run({ args }) {
    if (args.shell === undefined) throw new Error(`Say which: ${SHELLS.join(", ")}.`)
    if (!SHELLS.includes(args.shell as Shell)) {
      throw new Error(`There are completions for ${SHELLS.join(", ")}, not for "${args.shell}".`)
    }
    process.stdout.write(renderCompletion(args.shell as Shell))
    return 0
  },
})
