import { stat } from "node:fs/promises"
import { resolve } from "node:path"
import type { ToolContext } from "../model/tool.ts"
import { fireHook, hears } from "./fire-hook.ts"
import type { Run } from "./run.ts"

/** Worktrees by hooks: who listens to WorktreeCreate makes them, in place of git. */
export function worktreePort(run: Run): Pick<ToolContext, "makeWorktree" | "worktreeRemoved"> {
  return {
    ...(hears(run, "WorktreeCreate") ? { makeWorktree: (name: string) => make(run, name) } : {}),
    ...(hears(run, "WorktreeRemove")
      ? {
          async worktreeRemoved(path: string) {
            await fireHook(run, "WorktreeRemove", { worktree_path: path })
          },
        }
      : {}),
  }
}

async function make(run: Run, name: string): Promise<string> {
  const event = "WorktreeCreate"
  const { block, stop, stopReason, reason, worktreePath } = await fireHook(run, event, { name })
  if (block === true || stop === true)
    throw new Error(`the worktree was not made: ${reason ?? stopReason ?? `a ${event} hook said no`}`)
  if (worktreePath === undefined) throw new Error(`no ${event} hook said where the worktree is`)
  const path = resolve(run.session.place().cwd, worktreePath)
  const isFolder = await stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new Error(`${path}, which a ${event} hook named, is not a folder`)
  return path
}
