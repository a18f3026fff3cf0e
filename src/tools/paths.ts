/** Paths as the model writes them, made absolute; and as people read them, relative to where they are. */
import { isAbsolute, join, relative, resolve } from "node:path"
import type { Place } from "../model/tool.ts"

/** `~` and `~/x` expanded, relative paths taken from `place.cwd`, `.` and `..` removed. Pure. */
export function absolutePath(path: string, place: Place): string {
  if (path === "~") return place.home
  if (path.startsWith("~/")) return join(place.home, path.slice(2))
  return resolve(place.cwd, path)
}

/** Relative to the working directory when inside it, absolute otherwise. */
export function shownPath(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  if (inside === "") return "."
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside
}
