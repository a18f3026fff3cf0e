/** Run by log.test.ts, which kills it: appends lines and says how many are on disk. */
import { writeSync } from "node:fs"
import { createChain } from "../../src/sessions/chain.ts"
import { openLog } from "../../src/sessions/log.ts"

const [dir = "", id = ""] = process.argv.slice(2)
const chain = createChain({ sessionId: id, cwd: "/", version: "2" })
const log = openLog({ dir, id })
for (let count = 0; count < 200_000; count++) {
  log.append([chain.user(String(count), { toolUseResult: "x".repeat(count % 5000) })])
  if (count % 10 === 9) writeSync(1, `${count + 1}\n`)
}
