import { expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { exportSession } from "../../src/cli/export-session.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import { createChain } from "../../src/sessions/chain.ts"
import { openLog } from "../../src/sessions/log.ts"

const ID = "11111111-2222-4333-8444-555555555555"

test("a conversation becomes a document of its own, readable by its owner, and never over another file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ccts-export-"))
  try {
    const project = join(folder, "project")
    const log = openLog({ dir: project, id: ID })
    const chain = createChain({
      sessionId: ID,
      version: "1",
      entrypoint: "cli",
      cwd: folder,
      gitBranch: "",
      leaf: null,
    })
    const message = (content: readonly object[]) => ({
      id: "m",
      type: "message" as const,
      role: "assistant" as const,
      model: "x",
      content: content as never,
      stop_reason: null,
      stop_sequence: null,
      usage: NO_USAGE,
    })
    log.append([chain.user("What is in a.md?", {})])
    log.append([
      chain.assistant(
        message([{ type: "tool_use", id: "t", name: "Read", input: { file_path: "a.md" } }]),
        {},
      ),
    ])
    log.append([chain.user([{ type: "tool_result", tool_use_id: "t", content: "```\ncode\n```" }], {})])
    log.append([chain.assistant(message([{ type: "text", text: "Some **code**." }]), {})])
    log.close()

    const session = {
      id: ID,
      title: "What's in: a.md?",
      places: { project: [project], all: folder },
      cwd: folder,
      now: new Date("2026-11-21T10:00:00Z"),
    }
    const path = await exportSession({ ...session, target: "" })
    expect(path).toBe(join(folder, "2026-11-21-what-s-in-a-md.md"))
    expect(readFileSync(path, "utf8")).toBe(
      '# What\'s in: a.md?\n\n## You\n\nWhat is in a.md?\n\n**Read**\n\n```json\n{\n  "file_path": "a.md"\n}\n```\n\n````\n```\ncode\n```\n````\n\nSome **code**.\n',
    )
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(exportSession({ ...session, target: "" })).rejects.toThrow("exists already")
    expect(await exportSession({ ...session, target: "other.md" })).toBe(join(folder, "other.md"))
    await expect(exportSession({ ...session, id: crypto.randomUUID(), target: "x" })).rejects.toThrow(
      "Nothing of this session is on disk yet.",
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
