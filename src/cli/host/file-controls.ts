import { open, stat } from "node:fs/promises"
import { resolve } from "node:path"
import type { Controls } from "../../headless/controls.ts"
import { childEnv } from "../child-env.ts"
import { createPathCompletion } from "../complete-path.ts"
import { findFolder } from "../find-folder.ts"
import type { HostContext } from "./host-context.ts"

/** What `read_file` sends unless the host says otherwise; and the most it sends at all: a line must stay below 50 MB. */
const READ_BYTES = 1024 * 1024
const READ_MAX_BYTES = 16 * 1024 * 1024

/** Files: shown to the host, remembered as read, brought back, offered for `@`. */
export function fileControls({ prepared, permissions, checkpoints, state }: HostContext): Controls {
  const cwd = () => state.session?.cwd ?? prepared.cwd
  let complete: ReturnType<typeof createPathCompletion> | null = null
  return {
    async read_file({ path, max_bytes: wanted, encoding }) {
      const file = resolve(cwd(), text(path, "path"))
      if (wanted !== undefined && !(typeof wanted === "number" && wanted > 0))
        throw new Error("max_bytes must be a number above 0.")
      const limit = Math.min(wanted ?? READ_BYTES, READ_MAX_BYTES)
      const info = await stat(file)
      if (!info.isFile()) throw new Error(`${file} is not a regular file.`)
      const handle = await open(file, "r")
      try {
        const bytes = Buffer.alloc(Math.min(limit, info.size))
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
        const read = bytes.subarray(0, bytesRead)
        const common = { absPath: file, ...(info.size > bytesRead && { truncated: true }) }
        if (encoding === "base64") return { contents: read.toString("base64"), ...common, encoding: "base64" }
        const contents = read.toString("utf8")
        return { contents, ...common, ...(contents.includes("\uFFFD") && { lossy: true }) }
      } finally {
        await handle.close()
      }
    },
    async seed_read_state({ path, mtime }) {
      if (typeof mtime !== "number") throw new Error("mtime must be a number of milliseconds.")
      permissions.engine.send({ type: "seen", path: resolve(cwd(), text(path, "path")), mtime })
      return {}
    },
    async rewind_files({ user_message_id: id, dry_run: dryRun }) {
      if (checkpoints === undefined)
        return {
          canRewind: false,
          error: "File checkpointing is off (CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING).",
        }
      return { ...(await checkpoints.rewind(text(id, "user_message_id"), { dryRun: dryRun === true })) }
    },
    async file_suggestions({ query }, signal) {
      complete ??= createPathCompletion({
        cwd: cwd(),
        env: childEnv(prepared),
        settings: () => prepared.config.settings,
      })
      const paths = await complete(typeof query === "string" ? query : "", signal)
      return { suggestions: paths.map((path) => ({ path })) }
    },
    async register_repo_root({ directory, reload_skills: reload }) {
      const folder = await findFolder(text(directory, "directory"), {
        cwd: cwd(),
        home: prepared.config.paths.home,
      })
      permissions.engine.send({
        type: "permissions",
        updates: [{ type: "addDirectories", directories: [folder], destination: "session" }],
        added: "register_repo_root",
      })
      return reload === true ? { directory: folder, skills_reloaded: true } : { directory: folder }
    },
  }
}

function text(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "") return value
  throw new Error(`${name} must be a string.`)
}
