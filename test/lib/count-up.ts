/** Run by lock.test.ts in several processes at once: reads a number and writes the next. */
import { readFileSync, writeFileSync } from "node:fs"
import { withLock } from "../../src/lib/lock.ts"

const [file = "", times = "0"] = process.argv.slice(2)
for (let at = 0; at < Number(times); at++) {
  await withLock(file, async () => {
    const now = Number(readFileSync(file, "utf8"))
    await Bun.sleep(0)
    writeFileSync(file, String(now + 1))
  })
}
