import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { targets } from "../../scripts/build/target.ts"
import { layers } from "../../scripts/check/layers.ts"
import { readmePath, withGeneratedParts } from "../../scripts/docs.ts"
import { root } from "../../scripts/lib/project.ts"

const readme = readFileSync(readmePath, "utf8")

test("the README's generated parts are up to date", () => {
  expect(readme, "run: bun scripts/docs.ts").toBe(withGeneratedParts(readme))
})

test("the README's map has the folders of src in the order of the layers", () => {
  const rows = [...readme.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, folder]) => folder)
  expect(rows).toEqual([...layers])
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  expect(folders.map(({ name }) => name).filter((name) => !rows.includes(name))).toEqual([])
})

test("the README says why each dependency is there, and names no other", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const section = readme.slice(readme.indexOf("## Dependencies"), readme.indexOf("For development:"))
  const rows = [...section.matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name)
  expect(rows).toEqual(Object.keys(dependencies))
})

test("the README names the development dependencies and the build targets", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const wanted = [...Object.keys(devDependencies), ...targets.map(({ name }) => name)]
  expect(wanted.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})
