/** The program from its sources, in a home and a folder of its own, without anything of this machine. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const main = join(import.meta.dir, "../../src/main.ts")

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export function ownPlace() {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "ccts-place-")))
  const [home, folder] = [join(top, "home"), join(top, "work")]
  for (const path of [home, folder]) mkdirSync(path)
  const environment: Record<string, string> = {
    HOME: home,
    PATH: process.env.PATH ?? "",
    LANG: "C.UTF-8",
    TMPDIR: top,
  }
  return {
    home,
    folder,
    environment,
    command: [process.execPath, main],
    write(path: string, content: unknown, mode = 0o600): string {
      const file = join(top, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode })
      return file
    },
    async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
      const child = Bun.spawn([process.execPath, main, ...args], {
        cwd: folder,
        env: { ...environment, ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        timeout: 20_000,
      })
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { code, out, err }
    },
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}
