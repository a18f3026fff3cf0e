import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { forbiddenFor, layers, lintOverrides } from "../../scripts/check/layers.ts"
import { bun, root } from "../../scripts/lib/project.ts"

describe("import directions", () => {
  test("biome.json says what the table of layers says", () => {
    const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"))
    expect(config.overrides, "run: bun scripts/check/layers.ts").toEqual(lintOverrides())
  })

  test("every folder of src has a row in the table", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    const strangers = folders.map(({ name }) => name).filter((name) => !layers.includes(name))
    expect(strangers).toEqual([])
  })
})

describe("the linter", () => {
  let copy: string
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "ccts-layers-"))
    for (const name of ["biome.json", "package.json"]) cpSync(join(root, name), join(copy, name))
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
    writeFileSync(join(copy, ".gitignore"), "node_modules\n")
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  test("rejects every import against the table, however deep the importing file lies", () => {
    const files = layers.flatMap((layer) =>
      forbiddenFor(layer).flatMap((other) => [
        write(`src/${layer}/to-${other}.ts`, `export { x } from "../${other}/x.ts"\n`),
        write(`src/${layer}/deep/to-${other}.ts`, `export const x = await import("../../${other}/x.ts")\n`),
      ]),
    )
    const seen = rejected("noRestrictedImports")
    expect(files.filter((file) => !seen.includes(file))).toEqual([])
  })

  test("lets a folder import what the table allows", () => {
    const file = write("src/engine/uses.ts", 'export { x } from "../tools/x.ts"\n')
    expect(rejected("noRestrictedImports")).not.toContain(file)
  })

  test("rejects a cycle", () => {
    const files = [
      write("src/lib/hen.ts", 'import { egg } from "./egg.ts"\nexport const hen = () => egg\n'),
      write("src/lib/egg.ts", 'import { hen } from "./hen.ts"\nexport const egg = () => hen\n'),
    ]
    expect(rejected("noImportCycles")).toEqual(files.sort())
  })

  test("rejects disk and network in the terminal user interface, but for its screens", () => {
    const file = write("src/tui/reads.ts", 'export { readFileSync } from "node:fs"\n')
    const screen = write("src/tui/screen/writes.ts", 'export { writeSync } from "node:fs"\n')
    const seen = rejected("noRestrictedImports")
    expect(seen).toContain(file)
    expect(seen).not.toContain(screen)
  })

  function write(path: string, text: string): string {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
    return path
  }

  /** The files in which the linter reports `rule`. */
  function rejected(rule: string): string[] {
    const command = [bun, join(root, "node_modules/@biomejs/biome/bin/biome"), "lint", "--reporter=github"]
    const { stdout, stderr } = Bun.spawnSync(
      [...command, "--max-diagnostics=none", "--vcs-enabled=false", "src"],
      {
        cwd: copy,
        timeout: 20_000,
      },
    )
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.includes(rule))
    return [...new Set(lines.map((line) => relative(copy, /file=([^,]+)/.exec(line)?.[1] ?? line)))].sort()
  }
})
