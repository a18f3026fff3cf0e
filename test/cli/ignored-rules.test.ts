import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { withIgnoredRules } from "../../src/cli/ignored-rules.ts"
import { loadConfig } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { tempDir } from "../sessions/support.ts"

test("a permission rule that does not parse is named with its file, line and key, whatever it was to do", () => {
  const { path: home } = tempDir()
  const paths = configPaths({}, { home, managedDir: join(home, "managed") })
  mkdirSync(join(home, "project"))
  mkdirSync(join(home, ".claude"))
  writeFileSync(
    paths.userSettings,
    `{
      "permissions": {
        "deny": ["Bash(rm -rf", "Read(./.env)"],
        "allow": ["Write(src/**)", "Bash(ls *)"]
      }
    }`,
  )
  const flags = { values: { permissions: { ask: ["Bash()"] } } }
  const cwd = join(home, "project")
  const config = withIgnoredRules(loadConfig({ cwd, env: {}, paths, trust: "trusted", flags }))
  expect(config.problems).toEqual([
    {
      file: paths.userSettings,
      line: 3,
      key: "permissions.deny",
      kind: "ignored-rule",
      message: 'the rule "Bash(rm -rf" lacks the closing parenthesis; it has no effect',
    },
    expect.objectContaining({ file: paths.userSettings, line: 4, key: "permissions.allow" }),
    expect.objectContaining({ file: "command line", key: "permissions.ask" }),
  ])
})
