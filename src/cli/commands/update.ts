import { defineSubcommand } from "../define-subcommand.ts"

/** Nothing is asked of the network: this build knows no place that offers releases. */
async function refuse(): Promise<number> {
  const { version } = await import("../../lib/version.ts")
  process.stderr.write(
    `ccts ${version} has no update source: replace the executable ${process.execPath} by a newer build.\n`,
  )
  return 1
}

export const updateCommand = defineSubcommand({
  meta: { name: "update", description: "Update this program" },
  args: {},
  run: refuse,
})

export const installCommand = defineSubcommand({
  meta: { name: "install", description: "Install a version" },
  args: {
    version: { type: "positional", required: false, description: "stable, latest or a version" },
    force: { type: "boolean", description: "Also when it is installed already" },
  },
  run: refuse,
})
