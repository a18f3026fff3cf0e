import { afterAll, expect, test } from "bun:test"
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { TargetChanged, writeAtomic } from "../../src/lib/atomic-write.ts"

const root = realpathSync(mkdtempSync(join(tmpdir(), "ccts-atomic-")))
afterAll(() => rmSync(root, { recursive: true }))
const folder = () => mkdtempSync(join(root, "t-"))
const bytes = Buffer.from("new")

test.concurrent("a file is replaced and keeps its mode", async () => {
  const path = join(folder(), "f")
  writeFileSync(path, "old")
  chmodSync(path, 0o640)
  await writeAtomic({ path, bytes })
  expect(readFileSync(path, "utf8")).toBe("new")
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

test.concurrent("a write that is stopped leaves the old content and no temporary file", async () => {
  const home = folder()
  const path = join(home, "f")
  writeFileSync(path, "old")
  const verify = async () => {
    throw new TargetChanged("no")
  }
  await expect(writeAtomic({ path, bytes, verify })).rejects.toThrow(TargetChanged)
  expect(readFileSync(path, "utf8")).toBe("old")
  expect(readdirSync(home)).toEqual(["f"])
})

test.concurrent("a link that appears at the last moment is not written through", async () => {
  const home = folder()
  writeFileSync(join(home, "other"), "safe")
  const path = join(home, "f")
  const verify = async () => symlinkSync(join(home, "other"), path)
  await expect(writeAtomic({ path, bytes, verify })).rejects.toThrow(TargetChanged)
  expect(readFileSync(join(home, "other"), "utf8")).toBe("safe")
})

test.concurrent("missing folders are made", async () => {
  const path = join(folder(), "a/b/c")
  await writeAtomic({ path, bytes, mode: 0o600 })
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
