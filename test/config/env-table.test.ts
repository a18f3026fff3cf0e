import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../scripts/lib/project.ts"
import { ENV_TABLE } from "../../src/config/env-table.ts"

test("every documented variable is read somewhere, and documented once", async () => {
  const source = join(root, "src")
  let code = ""
  for await (const file of new Bun.Glob("**/*.ts").scan({ cwd: source }))
    if (file !== "config/env-table.ts") code += readFileSync(join(source, file), "utf8")
  const unread = ENV_TABLE.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(code))
  expect(unread.map(({ name }) => name)).toEqual([])
  expect(new Set(ENV_TABLE.map(({ name }) => name)).size).toBe(ENV_TABLE.length)
})
