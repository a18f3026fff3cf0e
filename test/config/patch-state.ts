/** Run by persist.test.ts in several processes at once. */
import { patchState } from "../../src/config/state.ts"

const [stateFile = "", name = "", times = "0"] = process.argv.slice(2)
for (let at = 0; at < Number(times); at++) {
  await patchState({ stateFile }, (read) => [
    { path: ["counts", `${name}${at}`], value: at },
    { path: ["total"], value: Number(read(["total"]) ?? 0) + 1 },
  ])
}
