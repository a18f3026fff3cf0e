/**
 * Named sets of permission settings (`ccts.profiles`, ours alone): chosen by `--profile` or `ccts.profile`, merged as
 * `--settings` is. Only the person's own and managed settings may define them, so that no folder can say what a name means.
 */
import { isObject } from "./key-type.ts"
import { type Layer, type Problem, type Read, readFlagLayer } from "./layers.ts"

/** What a profile may hold; other keys of it are reported and not used. */
const MEMBERS: ReadonlySet<string> = new Set(["permissions", "sandbox"])

/** Null when no profile is chosen. A name that is not defined is fatal: a weaker start would be a surprise. */
export function profileLayer(layers: readonly Layer[], chosen: string | undefined, cwd: string): Read | null {
  const known = new Map<string, unknown>()
  let name = chosen
  for (const { source, values } of layers) {
    if (source === "projectSettings" || source === "localSettings") continue
    const own = isObject(values.ccts) ? values.ccts : {}
    if (isObject(own.profiles))
      for (const [key, profile] of Object.entries(own.profiles)) known.set(key, profile)
    if (chosen === undefined && typeof own.profile === "string") name = own.profile
  }
  if (name === undefined || name === "") return null
  const profile = known.get(name)
  if (!isObject(profile)) {
    const names = [...known.keys()].map((one) => JSON.stringify(one)).join(", ") || "none (see ccts.profiles)"
    return failed({
      file: chosen === undefined ? "settings" : "--profile",
      ...(chosen === undefined ? { key: "ccts.profile" } : {}),
      message: `there is no profile ${JSON.stringify(name)}; defined: ${names}`,
      kind: "fatal",
    })
  }
  const label = `profile ${JSON.stringify(name)}`
  const read = readFlagLayer(
    JSON.stringify(Object.fromEntries(Object.entries(profile).filter(([key]) => MEMBERS.has(key)))),
    cwd,
  )
  const strangers = Object.keys(profile)
    .filter((key) => !MEMBERS.has(key))
    .map(
      (key): Problem => ({
        file: label,
        key,
        message: "does nothing here: a profile holds permissions and sandbox",
        kind: "wrong-file",
      }),
    )
  return {
    layer: read.layer === null ? null : { ...read.layer, label },
    problems: [...read.problems.map((problem) => ({ ...problem, file: label })), ...strangers],
  }
}

function failed(problem: Problem): Read {
  return { layer: null, problems: [problem] }
}
