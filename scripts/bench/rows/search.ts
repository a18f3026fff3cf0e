import { rgPath } from "@vscode/ripgrep"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { peakMegabytes } from "../proc.ts"
import type { Bench, Figure, Row } from "../row.ts"
import { LITERAL, makeSourceTree, REGEX } from "../source-tree.ts"
import { median } from "../statistics.ts"

const RUNS = 5

/** Grep in the compiled program against ripgrep, on the same warm tree; ratios, so that the machine does not matter. */
export const search: Row = {
  name: "search",
  async run({ binary }: Bench): Promise<Figure[]> {
    using place = makePlace()
    makeSourceTree(place.folder)
    const patterns = [LITERAL, REGEX]
    // The first call of each starts the thread and warms the cache.
    const calls = patterns.flatMap((pattern) => Array.from({ length: RUNS + 1 }, () => pattern))
    const rg = patterns.map((pattern) => ripgrep(pattern, place.folder))
    const { times, found, peak } = await grep(binary, place, calls)
    const own = patterns.map((pattern) =>
      median(times.filter((_, at) => calls[at] === pattern && calls[at - 1] === pattern)),
    )
    for (const [at, { files }] of rg.entries()) {
      const mine = found[at * (RUNS + 1)]
      if (mine !== files) throw new Error(`Grep found ${mine} files for ${patterns[at]}, ripgrep ${files}`)
    }
    const figure = (at: number, kind: string, must: number): Figure => ({
      key: `search.${kind}`,
      label: `Grep over 64,000 files against ripgrep, ${kind}`,
      unit: "×",
      value: (own[at] ?? 0) / (rg[at]?.ms ?? 1),
      must,
    })
    return [
      figure(0, "literal", 1.2),
      figure(1, "regex", 1.6),
      { key: "search.memory", label: "peak memory of that search", unit: "MB", value: peak, must: 150 },
    ]
  },
}

function ripgrep(pattern: string, folder: string): { readonly ms: number; readonly files: number } {
  const times: number[] = []
  let files = 0
  for (let run = 0; run <= RUNS; run += 1) {
    const start = performance.now()
    const done = Bun.spawnSync([
      rgPath,
      "--no-config",
      "-l",
      "--hidden",
      "-g",
      "!.git",
      "-e",
      pattern,
      folder,
    ])
    times.push(performance.now() - start)
    files = done.stdout.toString().trimEnd().split("\n").length
  }
  return { ms: median(times.slice(1)), files }
}

async function grep(binary: string, place: ReturnType<typeof makePlace>, calls: readonly string[]) {
  const times: number[] = []
  const found: number[] = []
  let asked = 0
  let answered = 0
  let pid = 0
  let peak = 0
  const api = await fakeApi({
    side: () => text("title"),
    script: (request) => {
      const now = performance.now()
      if (answered > 0) {
        times.push(now - answered)
        found.push(Number(/Found (\d+) files?/.exec(JSON.stringify(request.body.messages.at(-1)))?.[1]))
      }
      peak = peakMegabytes(pid)
      const pattern = calls[asked++]
      answered = performance.now()
      return pattern === undefined ? text("done") : toolUse("Grep", { pattern, head_limit: 0 })
    },
  })
  try {
    const env = { ...place.env, ANTHROPIC_BASE_URL: api.url }
    const child = Bun.spawn([binary, "-p", "go", "--allowedTools", "Grep"], {
      cwd: place.folder,
      env,
      timeout: 120_000,
      stdio: ["ignore", "ignore", "pipe"],
    })
    pid = child.pid
    const code = await child.exited
    if (code !== 0) throw new Error(`-p ended with ${code}: ${await child.stderr.text()}`)
    return { times, found, peak }
  } finally {
    await api.close()
  }
}
