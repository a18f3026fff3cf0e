/**
 * `~/.claude.json`, the state that several programs share. Read one member at a time without building the rest, so its
 * size does not matter; changed under a lock with everything else byte-equal. Nothing hot is kept in it.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs"
import { readMember } from "../lib/json-text.ts"
import { type JsonEdit, patchJson } from "../lib/patch-json.ts"
import { isObject } from "./key-type.ts"
import type { ConfigPaths } from "./paths.ts"
import { findRepository } from "./repository.ts"

/** Readers of one moment of the file; a missing or broken file has no members. */
export interface State {
  /** The value at `path`, e.g. `["projects", "/work", "hasTrustDialogAccepted"]`. */
  read(path: readonly string[]): unknown
}

export function openState(paths: Pick<ConfigPaths, "stateFile">): State {
  let text: Buffer | undefined
  return {
    read(path) {
      try {
        text ??= statSync(paths.stateFile).isFile() ? readFileSync(paths.stateFile) : Buffer.alloc(0)
        return readMember(text, path)
      } catch {
        return undefined
      }
    },
  }
}

/** @throws Error naming the file when it is broken (it is not overwritten) or cannot be written. */
export async function patchState(
  paths: Pick<ConfigPaths, "stateFile">,
  edits: (read: (path: readonly string[]) => unknown) => readonly JsonEdit[],
): Promise<void> {
  await patchJson(paths.stateFile, edits, { mode: 0o600 })
}

/** The key of `projects` that trust is kept under: the canonical root of the (verified main) repository, else the folder. */
export function trustKey(cwd: string): string {
  return findRepository(cwd)?.mainRoot ?? canonical(cwd)
}

/** Whether the person has trusted this folder. The home folder is never trusted for longer than a session. */
export function isTrusted(cwd: string, state: State, paths: Pick<ConfigPaths, "home">): boolean {
  const key = trustKey(cwd)
  if (key === canonical(paths.home)) return false
  return state.read(["projects", key, "hasTrustDialogAccepted"]) === true
}

/** @returns false for the home folder, where trust lasts for the session only. */
export async function recordTrust(cwd: string, paths: ConfigPaths): Promise<boolean> {
  const key = trustKey(cwd)
  if (key === canonical(paths.home)) return false
  await patchState(paths, () => [{ path: ["projects", key, "hasTrustDialogAccepted"], value: true }])
  return true
}

/** Answers that could not be written (a read-only home, a full disk): they count until the process ends. */
const UNKEPT = new Map<string, "approved" | "rejected">()

/** The person's answer to using this API key (asked once per key); by its last 20 characters, as other programs keep it. */
export function keyApproval(key: string, state: State): "approved" | "rejected" | null {
  const unkept = UNKEPT.get(key.slice(-20))
  if (unkept !== undefined) return unkept
  const answers = state.read(["customApiKeyResponses"])
  if (!isObject(answers)) return null
  const tail = key.slice(-20)
  const has = (list: unknown) => Array.isArray(list) && list.includes(tail)
  if (has(answers.rejected)) return "rejected"
  return has(answers.approved) ? "approved" : null
}

/** @throws Error as `patchState`; the answer counts in this process nevertheless. */
export async function recordKeyApproval(
  key: string,
  answer: "approved" | "rejected",
  paths: ConfigPaths,
): Promise<void> {
  const tail = key.slice(-20)
  UNKEPT.set(tail, answer)
  await patchState(paths, (read) => {
    const answers = read(["customApiKeyResponses"])
    const edits = (["approved", "rejected"] as const).map((name) => {
      const now = isObject(answers) && Array.isArray(answers[name]) ? answers[name] : []
      const others = now.filter((entry: unknown) => entry !== tail)
      return { path: ["customApiKeyResponses", name], value: name === answer ? [...others, tail] : others }
    })
    return edits
  })
  UNKEPT.delete(tail)
}

/** True when there is a state file that cannot be read as JSON; the program says so once. */
export function isStateBroken(paths: Pick<ConfigPaths, "stateFile">): boolean {
  if (!existsSync(paths.stateFile)) return false
  try {
    readMember(readFileSync(paths.stateFile), ["\u0000"])
    return false
  } catch {
    return true
  }
}

function canonical(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}
