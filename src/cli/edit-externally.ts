import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { temporaryFolder } from "../lib/temporary-folder.ts"

/** The terminal must be free (screen suspended). Opens `$VISUAL` or `$EDITOR` on `file`; false when the editor failed. */
export async function openEditor(file: string, env: Env): Promise<boolean> {
  const editor = env.VISUAL || env.EDITOR || (process.platform === "win32" ? "notepad" : "vi")
  // The variable holds a command line (`code --wait`), so a shell splits it; the path is an argument of its own.
  const child = Bun.spawn(["sh", "-c", `${editor} "$1"`, "sh", file], {
    stdio: ["inherit", "inherit", "inherit"],
  })
  return (await child.exited) === 0
}

/** The same on `text`; null when nothing changed or the editor failed. */
export async function editExternally(text: string, env: Env): Promise<string | null> {
  const folder = await mkdtemp(join(temporaryFolder(env), "ccts-edit-"))
  const file = join(folder, "prompt.md")
  try {
    await writeFile(file, text, { mode: 0o600 })
    if (!(await openEditor(file, env))) return null
    const edited = (await readFile(file, "utf8")).replace(/\n$/, "")
    return edited === text ? null : edited
  } catch {
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
