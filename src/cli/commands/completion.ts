import { renderCompletion, SHELLS, type Shell } from "../completion.ts"
import { defineSubcommand } from "../define-subcommand.ts"

export const completionCommand = defineSubcommand({
  meta: { name: "completion", description: "Print completions for bash, zsh or fish" },
  args: {
    shell: { type: "positional", description: SHELLS.join(", "), required: true },
  },
  run({ args }) {
    if (!SHELLS.includes(args.shell as Shell)) {
      throw new Error(`There are completions for ${SHELLS.join(", ")}, not for "${args.shell}".`)
    }
    process.stdout.write(renderCompletion(args.shell as Shell))
    return 0
  },
})
