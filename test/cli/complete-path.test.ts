import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createPathCompletion } from "../../src/cli/complete-path.ts"
import type { Settings } from "../../src/model/settings.ts"
import { tempDir } from "../sessions/support.ts"

const env = { PATH: process.env.PATH ?? "/usr/bin:/bin" }
const never = new AbortController().signal

function project(settings: Settings = {}) {
  const { path: cwd } = tempDir()
  mkdirSync(join(cwd, ".git"))
  for (const [name, text] of [
    [".gitignore", "*.log\n"],
    ["apple.ts", ""],
    ["apple.log", ""],
  ] as const)
    writeFileSync(join(cwd, name), text)
  return createPathCompletion({ cwd, env, settings: () => settings })
}

test("ignored files are left out of completion, unless the settings want them", async () => {
  expect(await project()("apple", never)).toEqual(["apple.ts"])
  expect((await project({ respectGitignore: false })("apple", never)).toSorted()).toEqual([
    "apple.log",
    "apple.ts",
  ])
})

test("a command of the settings completes instead: the query on its input, at most fifteen lines", async () => {
  const command = `read -r line; echo "$line"; echo "  $PWD  "; echo; seq 100`
  const paths = await project({ fileSuggestion: { command } })("ap", never)
  expect(paths[0]).toBe('{"query":"ap"}')
  expect(paths[1]).toStartWith("/")
  expect(paths.slice(2)).toEqual(Array.from({ length: 13 }, (_, n) => String(n + 1)))
})

test("a command that fails or is stopped completes nothing, and nothing of it stays", async () => {
  expect(await project({ fileSuggestion: { command: "echo a; exit 3" } })("a", never)).toEqual([])
  const abort = new AbortController()
  const answer = project({ fileSuggestion: { command: "echo a; sleep 60" } })("a", abort.signal)
  setTimeout(() => abort.abort(), 50)
  expect(await answer).toEqual([])
})
