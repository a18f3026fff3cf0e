import { rgPath } from "@vscode/ripgrep"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { peakMegabytes } from "../proc.ts"
import type { Bench, Figure, Row } from "../row.ts"
import { LITERAL, makeSourceTree, REGEX, TREE_FILES } from "../source-tree.ts"
import { median } from "../statistics.ts"

const RUNS = 7
const PATTERNS = [
  { kind: "literal", pattern: LITERAL, must: 1.2 },
  { kind: "regex", pattern: REGEX, must: 1.6 },
] as const

/**
 * Grep in the compiled program against ripgrep, on the same warm tree. Each pair runs one right after the other and gives
 * one ratio, so that neither the machine nor its other work matters.
 */
export const search: Row = {
  name: "search",
  async run({ binary }: Bench): Promise<Figure[]> {
    using place = makePlace()
    makeSourceTree(place.folder)
    const { ratios, peak } = await compare(binary, place)
    return [
      ...PATTERNS.map(({ kind, must }, at) => ({
        key: `search.${kind}`,
        label: `Grep over ${TREE_FILES} files against ripgrep, ${kind}`,
        unit: "×" as const,
        value: median(ratios[at] ?? []),
        must,
      })),
      { key: "search.memory", label: "peak memory of that search", unit: "MB", value: peak, must: 150 },
    ]
  },
}

async function compare(binary: string, place: ReturnType<typeof makePlace>) {
  const ratios: number[][] = PATTERNS.map(() => [])
  let pid = 0
  let peak = 0
  let asked = 0
  let pending: { readonly at: number; readonly rg: Found; readonly since: number } | undefined
  const api = await fakeApi({
    side: () => text("title"),
    script: (request) => {
      const now = performance.now()
      peak = peakMegabytes(pid)
      if (pending !== undefined) {
        const files = Number(/Found (\d+) files?/.exec(JSON.stringify(request.body.messages.at(-1)))?.[1])
        const { at, rg, since } = pending
        if (files !== rg.files) throw new Error(`Grep found ${files} files, ripgrep ${rg.files}`)
        // The first of each starts the thread and warms the cache.
        if (asked > PATTERNS.length) ratios[at]?.push((now - since) / rg.ms)
      }
      if (asked === PATTERNS.length * (RUNS + 1)) return text("done")
      const at = asked++ % PATTERNS.length
      const pattern = PATTERNS[at]?.pattern ?? ""
      const rg = ripgrep(pattern, place.folder)
      pending = { at, rg, since: performance.now() }
      return toolUse("Grep", { pattern, head_limit: 0 })
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
    return { ratios, peak }
  } finally {
    await api.close()
  }
}

interface Found {
  readonly ms: number
  readonly files: number
}

function ripgrep(pattern: string, folder: string): Found {
  const start = performance.now()
  const done = Bun.spawnSync([rgPath, "--no-config", "-l", "--hidden", "-g", "!.git", "-e", pattern, folder])
  return { ms: performance.now() - start, files: done.stdout.toString().trimEnd().split("\n").length }
}
