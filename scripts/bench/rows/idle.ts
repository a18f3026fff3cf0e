import { makePlace } from "../place.ts"
import type { Row } from "../row.ts"
import { loadOver, openTerminal, promptReady } from "../terminal.ts"

const SECONDS = 20
/** Seconds after which the compilers and collectors of the start are done. */
const REST = 5

/** What the prompt costs while nobody types. */
export const idle: Row = {
  name: "idle",
  async run({ binary, bare }) {
    const [ours, floor] = [await loadOf([binary]), await loadOf([bare, "echo"])]
    return [
      {
        key: "idle.cpu",
        label: "idle, processor",
        unit: "%",
        value: ours.cpu,
        bare: floor.cpu,
        must: 0.2,
      },
      {
        key: "idle.memory",
        label: "idle, memory",
        unit: "MB",
        value: ours.resident,
        bare: floor.resident,
        must: 95,
        aim: 80,
      },
      {
        key: "idle.wakeups",
        label: "idle, wake-ups",
        unit: "/s",
        value: ours.switchesPerSecond,
        bare: floor.switchesPerSecond,
      },
    ]
  },
}

async function loadOf(command: readonly string[]) {
  using place = makePlace()
  await using terminal = openTerminal(command, place)
  await promptReady(terminal)
  await Bun.sleep(REST * 1000)
  return await loadOver(terminal.pid, SECONDS)
}
