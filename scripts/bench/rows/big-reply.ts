import { text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { cpuSeconds } from "../proc.ts"
import { prose } from "../prose.ts"
import { encode, type RawApi, rawApi } from "../raw-api.ts"
import type { Bench, Row } from "../row.ts"
import { median } from "../statistics.ts"
import { openTerminal, promptReady } from "../terminal.ts"

const END = "that-was-the-last-line"
const RUNS = 3

/** One megabyte of Markdown as fast as the socket takes it. */
export const bigReply: Row = {
  name: "big-reply",
  async run({ binary }: Bench) {
    const reply = encode([text(`${prose(1_000_000)}\n\n${END}`, { delta: 400 })].flat())
    await using api = await rawApi(() => reply)
    const runs: { readonly cpu: number; readonly shown: number }[] = []
    for (let run = 0; run < RUNS; run++) runs.push(await once(binary, api))
    return [
      {
        key: "big.cpu",
        label: "1 MB reply at once, processor",
        unit: "s",
        value: median(runs.map(({ cpu }) => cpu)),
        must: 1.5,
        aim: 0.5,
      },
      {
        key: "big.shown",
        label: "1 MB reply: shown after its end",
        unit: "s",
        value: median(runs.map(({ shown }) => shown)),
        must: 1,
        aim: 0.3,
      },
    ]
  },
}

async function once(binary: string, api: RawApi) {
  using place = makePlace(api.url)
  await using terminal = openTerminal([binary], place)
  await promptReady(terminal)
  terminal.mute()
  const before = cpuSeconds(terminal.pid)
  const seen = terminal.prints(END, 120_000)
  terminal.write("go\r")
  const at = await seen
  // The compilers' last work counts too.
  await Bun.sleep(500)
  const cpu = cpuSeconds(terminal.pid) - before
  return { cpu, shown: (at - (api.turns.at(-1)?.replied ?? at)) / 1e9 }
}
