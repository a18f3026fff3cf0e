/**
 * `bun run start [arguments]`: installs and builds when something changed, then becomes the executable. A start with
 * nothing to do prints nothing.
 */
import { buildForHost } from "./build/build-binary.ts"
import { install } from "./lib/install.ts"
import { become } from "./start/become.ts"
import { userEnvironment } from "./start/user-environment.ts"

install("run")
const binary = buildForHost()
process.exit(await become(binary, process.argv.slice(2), userEnvironment(process.env)))
