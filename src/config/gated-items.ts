/**
 * What a folder's settings file runs, sends or permits, item by item: the unit in which a person agrees to it, and in
 * which a later change is noticed. Everything else of a file may change as it likes.
 */
import { contentHash } from "../lib/content-hash.ts"
import type { RuleSource } from "../model/permission.ts"
import { isSteering, tightens, widensMode } from "./check-layer.ts"
import { fromEntries, isObject } from "./key-type.ts"
import { type Gate, keyInfo } from "./keys.ts"
import type { Layer, Read } from "./layers.ts"

export interface GatedItem {
  readonly kind: Gate
  readonly source: RuleSource
  /** `env.PATH`, `hooks.PreToolUse`, `permissions.allow`. */
  readonly what: string
  /** Of a list one entry, of everything else the whole value. */
  readonly value: unknown
}

/** Nested objects of settings go no deeper than `sandbox.network.x`. */
const MAX_DEPTH = 3

export function gatedItems({ source, values }: Pick<Layer, "source" | "values">): readonly GatedItem[] {
  const found: GatedItem[] = []
  sift(values, source, (item) => {
    found.push(item)
    return true
  })
  return found
}

/** The layer without the items that `keeps` refuses, and a problem for each key that lost something. */
export function withoutItems(layer: Layer, keeps: (item: GatedItem) => boolean): Read {
  const lost = new Set<string>()
  const values = sift(layer.values, layer.source, (item) => {
    const kept = keeps(item)
    if (!kept) lost.add(item.what)
    return kept
  })
  if (lost.size === 0) return { layer, problems: [] }
  return {
    layer: { ...layer, values },
    problems: [...lost].map((key) => ({
      file: layer.label,
      key,
      message: CHANGED,
      kind: "untrusted" as const,
    })),
  }
}

const CHANGED =
  "is not used: it is new since the folder was trusted; the next start in the terminal asks about it"

/** What of a folder nobody said yes to counts all the same where nobody can be asked (spec/settings.md section 3). */
export function holdsUnattended({ kind, what }: GatedItem): boolean {
  return kind === "runs" && !(what.startsWith("env.") && isSteering(what.slice("env.".length)))
}

/** What a yes to the item is given to. */
export function itemHash({ source, what, value }: GatedItem): string {
  return contentHash(Buffer.from(JSON.stringify([source, what, value])))
}

function sift(
  values: Readonly<Record<string, unknown>>,
  source: RuleSource,
  keep: (item: GatedItem) => boolean,
): Record<string, unknown> {
  const members = (what: string, kind: Gate, object: Readonly<Record<string, unknown>>) =>
    fromEntries(
      Object.entries(object).filter(([name, value]) =>
        keep({ kind, source, what: `${what}.${name}`, value }),
      ),
    )
  const visit = (
    object: Readonly<Record<string, unknown>>,
    path: readonly string[],
  ): Record<string, unknown> => {
    const kept: [string, unknown][] = []
    for (const [name, value] of Object.entries(object)) {
      const what = [...path, name].join(".")
      const kind = gateOf(what, value)
      if (kind === "inside" && isObject(value) && path.length < MAX_DEPTH)
        kept.push([name, visit(value, [...path, name])])
      else if (kind === null || kind === "inside") kept.push([name, value])
      else if ((what === "env" || what === "hooks") && isObject(value))
        kept.push([name, members(what, kind, value)])
      else if (Array.isArray(value))
        kept.push([name, value.filter((entry) => keep({ kind, source, what, value: entry }))])
      else if (keep({ kind, source, what, value })) kept.push([name, value])
    }
    return fromEntries(kept)
  }
  return visit(values, [])
}

/** Null where nothing stands in the way; `inside` where members have rows of their own. */
function gateOf(key: string, value: unknown): Gate | "inside" | null {
  if (key === "permissions.defaultMode") return widensMode(value) ? "grants" : null
  const info = keyInfo(key)
  if (info === undefined) return isObject(value) ? "inside" : null
  if (info.gate !== "grants") return info.gate
  return tightens(info, value) ? null : "grants"
}
