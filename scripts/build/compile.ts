/**
 * One executable from the sources. The recipe is measured: `splitting` keeps lazy imports lazy, `esm` is what lets bytecode
 * live with top-level await, the defines drop the branches (and native packages) of other platforms, and the four
 * `autoload` switches keep the executable from reading or running files of the folder it is started in.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { runQuietly } from "../lib/run-quietly.ts"
import { messageOf } from "../lib/say.ts"
import { lean } from "./lean.ts"
import { platformOf, type Target } from "./target.ts"
import { workerAddresses } from "./workers.ts"

/** Bundling takes seconds; fetching a runtime of some 35 MB over a slow line takes minutes. */
const COMPILE_DEADLINE = 10 * 60_000

export interface Compilation {
  /** The folder that holds `src` and `node_modules`. */
  readonly folder: string
  readonly version: string
  readonly target: Target
  readonly outfile: string
  /** The running Bun itself becomes the runtime: nothing is fetched. */
  readonly ownRuntime: boolean
  /** Folders with a `node_modules` to take native packages from, best first. */
  readonly packages: readonly string[]
}

/**
 * Compiles in a new process: one that has looked at `node_modules` before an installation keeps believing what it saw.
 * @throws Error with one line that says what to do, when sources do not bundle or a runtime cannot be fetched.
 */
export function compileApart(job: Compilation): void {
  const command = [process.execPath, import.meta.path, JSON.stringify(job)]
  const { ok, output } = runQuietly(command, { cwd: job.folder, deadline: COMPILE_DEADLINE })
  if (!ok) throw new Error(output.trim().split("\n").at(-1))
}

/** @throws Error with one line that says what to do, when sources do not bundle or a runtime cannot be fetched. */
export async function compile(job: Compilation): Promise<void> {
  const { folder, target, outfile } = job
  const source = join(folder, "src")
  const workers = [...new Bun.Glob("**/worker.ts").scanSync({ cwd: source })]
    .sort()
    .map((path) => join(source, path))
  // Written beside and renamed: a running ccts keeps its file, and an interrupted build leaves the old one.
  const drafts = join(dirname(outfile), `.draft-${process.pid}`)
  const draft = join(drafts, basename(outfile))
  mkdirSync(drafts, { recursive: true })
  try {
    const result = await Bun.build({
      // The program comes first: it is what the executable runs.
      entrypoints: [join(source, "main.ts"), ...workers],
      root: source,
      target: "bun",
      format: "esm",
      bytecode: true,
      splitting: true,
      minify: true,
      sourcemap: "none",
      loader: { ".md": "text" },
      define: {
        "process.platform": JSON.stringify(platformOf(target)),
        "process.arch": JSON.stringify(target.arch),
        "process.env.OPENTUI_LIBC": JSON.stringify(target.musl ? "musl" : "glibc"),
        VERSION: JSON.stringify(job.version),
      },
      compile: {
        ...(job.ownRuntime ? {} : { target: runtimeOf(target) }),
        outfile: draft,
        autoloadDotenv: false,
        autoloadBunfig: false,
        autoloadTsconfig: false,
        autoloadPackageJson: false,
      },
      plugins: [lean({ target, packages: job.packages }), workerAddresses(source, workers)],
      throw: false,
    })
    if (!result.success) throw new Error(describe(result.logs, folder))
    renameSync(draft, outfile)
  } finally {
    rmSync(drafts, { recursive: true, force: true })
  }
}

function runtimeOf({ os, arch, musl, baseline }: Target): Bun.Build.CompileTarget {
  const variants = `${baseline ? "-baseline" : ""}${musl ? "-musl" : ""}`
  return `bun-${os}-${arch}${variants}` as Bun.Build.CompileTarget
}

function describe(logs: readonly (BuildMessage | ResolveMessage)[], folder: string): string {
  const first = logs.find((log) => log.level === "error") ?? logs[0]
  if (first === undefined) return "the bundler gave no reason"
  const place = first.position ? `${relative(folder, first.position.file)}:${first.position.line}: ` : ""
  const more = logs.length > 1 ? ` (and ${logs.length - 1} more)` : ""
  return `${place}${first.message}${more}`
}

if (import.meta.main) {
  try {
    await compile(JSON.parse(process.argv[2] ?? "") as Compilation)
  } catch (error) {
    console.error(messageOf(error))
    process.exit(1)
  }
}
