/**
 * Lets the usual `new Worker(new URL("./worker.ts", import.meta.url).href)` work in the executable. Code splitting moves the
 * calling module into a chunk at the root, so the address is rewritten to where the worker stands under `src`.
 */
import { dirname, join, relative } from "node:path"
import type { BunPlugin } from "bun"

const ownWorker = /new URL\(\s*"\.\/worker\.ts"\s*,\s*import\.meta\.url\s*\)/g

/** `workers` are absolute paths of `worker.ts` files below `source`. */
export function workerAddresses(source: string, workers: readonly string[]): BunPlugin {
  return {
    name: "worker addresses",
    setup(build) {
      for (const worker of workers) {
        const folder = dirname(worker)
        const address = `./${relative(source, worker).replaceAll("\\", "/")}`
        build.onLoad({ filter: modulesOf(folder) }, async ({ path }) => {
          const text = await Bun.file(path).text()
          const contents = text.replace(ownWorker, `new URL(${JSON.stringify(address)}, import.meta.url)`)
          return { contents, loader: "ts" }
        })
      }
    },
  }
}

/** The modules directly in a folder. */
function modulesOf(folder: string): RegExp {
  const path = join(folder, "/").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(`^${path}[^/\\\\]+\\.ts$`)
}
