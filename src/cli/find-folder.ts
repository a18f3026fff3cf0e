import { realpath, stat } from "node:fs/promises"
import { resolve } from "node:path"

/** The canonical path of a folder as somebody typed it; rejects with one line when it is none. */
export async function findFolder(
  typed: string,
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Promise<string> {
  const path = resolve(cwd, typed.replace(/^~(?=\/|$)/, home))
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT" ? `${typed} does not exist.` : `${typed} cannot be read (${error.code}).`,
    )
  })
  if (!info.isDirectory()) throw new Error(`${typed} is not a folder.`)
  return realpath(path)
}
