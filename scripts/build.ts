/** `bun run build [target…|all]`: executables into dist/; with no target the one for this machine, as dist/ccts. */
import { relative } from "node:path"
import { buildFor, buildForHost } from "./build/build-binary.ts"
import { targets } from "./build/target.ts"
import { install } from "./lib/install.ts"
import { root } from "./lib/project.ts"
import { fail } from "./lib/say.ts"

const wanted = process.argv.slice(2)
const names = targets.map((target) => target.name)
const unknown = wanted.find((name) => name !== "all" && !names.includes(name))
if (unknown !== undefined) fail(`unknown target "${unknown}"; targets are: all, ${names.join(", ")}`)

install("run")
const all = wanted.includes("all")
if (all || wanted.length === 0) report(buildForHost())
for (const target of targets) {
  if (all || wanted.includes(target.name)) report(buildFor(target))
}

function report(path: string): void {
  const megabytes = (Bun.file(path).size / 1e6).toFixed(1)
  console.log(`${relative(root, path)}  ${megabytes} MB`)
}
