/** One settings file or flag, read and checked: what is valid holds, what is not is named with its line. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { duplicateKeys } from "../lib/duplicate-keys.ts"
import { jsonErrorLine } from "../lib/json-error-line.ts"
import { findMember, lineAt } from "../lib/json-text.ts"
import type { RuleSource } from "../model/permission.ts"
import { checkLayer, type Trust } from "./check-layer.ts"
import { fromEntries, isObject } from "./key-type.ts"
import type { ConfigPaths } from "./paths.ts"

export interface Problem {
  /** Absolute path, or the name of a flag. */
  readonly file: string
  /** Dotted. */
  readonly key?: string
  readonly line?: number
  /** One clear line; names neither file nor key again. */
  readonly message: string
  /** `broken-file`: nothing of the file holds. `ignored-rule`: a permission rule that does not parse. `fatal`: the program must not start. */
  readonly kind: "broken-file" | "bad-value" | "wrong-file" | "untrusted" | "ignored-rule" | "fatal"
}

export interface Layer {
  readonly source: RuleSource
  /** Null for settings given as text or flags. */
  readonly file: string | null
  /** For people: the path, or the flag's name. */
  readonly label: string
  /** Folder that `/x` patterns of its rules are relative to. */
  readonly base: string
  /** Valid values by their nested keys; unknown keys are kept. */
  readonly values: Readonly<Record<string, unknown>>
  /** The file's bytes, to name lines. */
  readonly text: Buffer | null
}

export interface Read {
  readonly layer: Layer | null
  readonly problems: readonly Problem[]
}

/** Limit of `--settings` (spec/settings.md section 1), applied to every settings file. */
const FILE_MAX_BYTES = 2 * 1024 * 1024
const NOTHING: Read = { layer: null, problems: [] }

export interface ReadOptions {
  readonly source: RuleSource
  readonly base: string
  readonly trust: Trust
}

/** A missing file is no problem. */
export function readLayer(file: string, options: ReadOptions): Read {
  const read = readBytes(file)
  if (read === null) return NOTHING
  if (typeof read === "string")
    return { layer: null, problems: [{ file, message: read, kind: "broken-file" }] }
  return parseLayer(read, { ...options, file, label: file })
}

/** `--settings`: a file, or JSON as text. @returns a fatal problem when it cannot be used: the person asked for it. */
export function readFlagLayer(value: string, cwd: string): Read {
  const label = "--settings"
  const fatal = (message: string): Read => ({
    layer: null,
    problems: [{ file: label, message, kind: "fatal" }],
  })
  const options = { source: "flagSettings" as const, trust: "trusted" as const }
  if (value.trimStart().startsWith("{")) {
    if (Buffer.byteLength(value) > FILE_MAX_BYTES) return fatal("is larger than 2 MiB")
    return fatalIfBroken(parseLayer(Buffer.from(value), { ...options, base: cwd, file: null, label }))
  }
  const file = resolve(cwd, value)
  const read = readBytes(file)
  if (read === null) return fatal(`no such file: ${file}`)
  if (typeof read === "string") return fatal(`${file} ${read}`)
  return fatalIfBroken(parseLayer(read, { ...options, base: dirname(file), file, label: file }))
}

/** `--managed-settings`: a host's policy as JSON. @returns a fatal problem when it cannot be used. */
export function readPolicyFlag(value: string, paths: ConfigPaths): Read {
  const options: ReadOptions = { source: "policySettings", base: paths.managedDir, trust: "trusted" }
  return fatalIfBroken(
    parseLayer(Buffer.from(value), { ...options, file: null, label: "--managed-settings" }),
  )
}

/** Managed settings: the file, then the files of its `.d` folder in order of name. */
export function readManagedLayers(paths: ConfigPaths): readonly Read[] {
  const folder = join(paths.managedDir, "managed-settings.d")
  const more = listJson(folder).map((name) => join(folder, name))
  const options: ReadOptions = { source: "policySettings", base: paths.managedDir, trust: "trusted" }
  return [join(paths.managedDir, "managed-settings.json"), ...more].map((file) => readLayer(file, options))
}

/** Values given by flags of their own (`--model`, `--allowedTools` …), already in the shape of settings. */
export function flagLayer(values: Readonly<Record<string, unknown>>, cwd: string): Layer {
  return { source: "cliArg", file: null, label: "command line", base: cwd, values, text: null }
}

interface Parse extends ReadOptions {
  readonly file: string | null
  readonly label: string
}

function parseLayer(bytes: Buffer, options: Parse): Read {
  const broken = (message: string, line?: number): Read => ({
    layer: null,
    problems: [
      { file: options.label, message, kind: "broken-file", ...(line === undefined ? {} : { line }) },
    ],
  })
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "")
  if (text.trim() === "") return NOTHING
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    const line = jsonErrorLine(text) ?? 1
    return broken(`is not valid JSON; nothing of it is used${hint(text, line)}`, line)
  }
  if (!isObject(raw)) return broken("must hold a JSON object")
  const { values, faults } = checkLayer(raw, options.source, options.trust)
  const layer: Layer = {
    source: options.source,
    file: options.file,
    label: options.label,
    base: options.base,
    values: fromEntries(Object.entries(values)),
    text: bytes,
  }
  const problems = faults.map((fault): Problem => {
    const line = lineOf(bytes, fault.path)
    return {
      file: options.label,
      key: fault.path.join("."),
      message: fault.message,
      kind: fault.kind,
      ...(line === null ? {} : { line }),
    }
  })
  const doubles = duplicateKeys(text).map(
    ({ path, line }): Problem => ({
      file: options.label,
      key: path.join("."),
      line,
      message: "is given twice in one object; the last one counts",
      kind: "bad-value",
    }),
  )
  return { layer, problems: [...problems, ...doubles] }
}

/** What other dialects of JSON allow and this one does not. */
function hint(text: string, line: number): string {
  const lines = text.split("\n")
  const here = lines[line - 1] ?? ""
  if (/^\s*(\/\/|\/\*)|[,{[]\s*(\/\/|\/\*)/.test(here)) return " (JSON has no comments)"
  const before = lines.slice(0, line).join("\n")
  return /,\s*[}\]][^}\]]*$/.test(before) ? " (a comma before the end)" : ""
}

/** The line of the value at `path`, or of the nearest thing around it that has one. */
export function lineOf(text: Buffer | null, path: readonly string[]): number | null {
  if (text === null) return null
  for (let length = path.length; length > 0; length--) {
    const span = findMember(text, path.slice(0, length))
    if (span) return lineAt(text, span.start)
  }
  return null
}

/** The bytes; null when there is no such file; a sentence when it cannot be used. */
function readBytes(file: string): Buffer | string | null {
  try {
    const info = statSync(file)
    if (!info.isFile()) return "is not a regular file"
    if (info.size > FILE_MAX_BYTES) return "is larger than 2 MiB"
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error"
    return code === "ENOENT" || code === "ENOTDIR" ? null : `cannot be read (${code})`
  }
}

function fatalIfBroken(read: Read): Read {
  return {
    layer: read.layer,
    problems: read.problems.map((problem) =>
      problem.kind === "broken-file" ? { ...problem, kind: "fatal" } : problem,
    ),
  }
}

function listJson(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .sort()
  } catch {
    return []
  }
}
