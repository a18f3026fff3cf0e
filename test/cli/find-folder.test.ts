import { expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findFolder } from "../../src/cli/find-folder.ts"

test("a typed folder is found from the working directory, from home and through links; anything else is one line", async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-folder-")))
  try {
    mkdirSync(join(home, "a"))
    symlinkSync(join(home, "a"), join(home, "link"))
    writeFileSync(join(home, "file"), "")
    const place = { cwd: join(home, "a"), home }
    expect(await findFolder("~/a", place)).toBe(join(home, "a"))
    expect(await findFolder("../link", place)).toBe(join(home, "a"))
    await expect(findFolder("../file", place)).rejects.toThrow("../file is not a folder.")
    await expect(findFolder("nowhere", place)).rejects.toThrow("nowhere does not exist.")
  } finally {
    rmSync(home, { recursive: true })
  }
})
