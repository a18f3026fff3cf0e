/**
 * Where the program starts: argv to a reader, and the exit code. `--version` is answered before anything else is
 * loaded, because other programs ask for it at every start.
 */
import { version } from "./lib/version.ts"

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) {
  // console.log writes without building the stdout stream, which would cost more than everything else here.
  console.log(`${version} (ccts)`)
} else {
  const { run } = await import("./cli/run.ts")
  process.exit(await run(argv))
}
