/** Paths as lists of components. Nothing here touches the disk; links are followed by the look-up that the policy brings. */

/** Lexical join and clean-up: `.` and doubled slashes go, `..` goes up without looking at links. */
export function joinPath(folder: string, path: string): string {
  const all = isAbsolute(path) ? path : `${folder}/${path}`
  if (isClean(all)) return all
  const out: string[] = []
  for (const part of split(all)) {
    if (part === "..") out.pop()
    else out.push(part)
  }
  return `/${out.join("/")}`
}

/** Nothing in it goes when it is cleaned up. */
function isClean(path: string): boolean {
  return path.startsWith("/") && !/\/\/|\/\.\.?(\/|$)|.\/$/.test(path)
}

export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path)
}

/** `C:\x` becomes `/c/x`, so that one comparison serves every system. */
function split(path: string): string[] {
  if (path.startsWith("/")) return path.split("/").filter((p) => p !== "" && p !== ".")
  const drive = /^([A-Za-z]):[\\/]/.exec(path)
  const plain = drive ? `/${drive[1]?.toLowerCase()}/${path.slice(3).replaceAll("\\", "/")}` : path
  return plain.split("/").filter((p) => p !== "" && p !== ".")
}

export type Resolve = (path: string) => string | null

/**
 * Where the system would really go: every `..` is taken after the links before it were followed.
 * Null when the look-up cannot say.
 */
export function followLinks(path: string, resolve: Resolve): string | null {
  if (isClean(path)) {
    const found = resolve(path)
    return found === null ? null : joinPath("/", found)
  }
  const parts = split(path)
  if (!parts.includes("..")) {
    const found = resolve(`/${parts.join("/")}`)
    return found === null ? null : joinPath("/", found)
  }
  let at = "/"
  let pending: string[] = []
  for (const part of parts) {
    if (part !== "..") {
      pending.push(part)
      continue
    }
    const found = resolve(joinPath(at, pending.join("/")))
    if (found === null) return null
    at = joinPath(found, "..")
    pending = []
  }
  const found = resolve(joinPath(at, pending.join("/")))
  return found === null ? null : joinPath("/", found)
}

/** True when `path` is `folder` or lies in it; both absolute. `/proj` does not contain `/proj-old`. */
export function contains(folder: string, path: string): boolean {
  if (path === folder || (path.startsWith(folder) && path[folder.length] === "/")) return true
  if (isClean(path) && isClean(folder)) return folder === "/"
  const inside = split(path)
  const outer = split(folder)
  return outer.length <= inside.length && outer.every((part, i) => part === inside[i])
}

/** `path` relative to `base`, or null when it is not inside; "" is the base itself. */
export function relativeTo(base: string, path: string): string | null {
  if (!contains(base, path)) return null
  if (isClean(path) && isClean(base)) return path.slice(base === "/" ? 1 : base.length + 1)
  return split(path).slice(split(base).length).join("/")
}

export function components(path: string): readonly string[] {
  return split(path)
}
