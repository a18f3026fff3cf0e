import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "../../src")
const sources = [...new Bun.Glob("{tools/**/*.ts,engine/{cap-result,mentions}.ts}").scanSync(root)].sort()
/** A count, a size or a time: `const MAX_X = 4_096` and the like. */
const LIMIT = /^(?:export )?const [A-Z][A-Z0-9_]* = [\d(].*$/

test.each(sources.map((file) => [file]))(
  "every number of %s that bounds something says why it is that one",
  (file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n")
    const bare = lines.filter(
      (line, at) => LIMIT.test(line) && !/(?:\*\/|^\s*\/\/.*)$/.test(lines[at - 1] ?? ""),
    )
    expect(bare).toEqual([])
  },
)
