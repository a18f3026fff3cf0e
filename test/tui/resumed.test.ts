import { describe, expect, test } from "bun:test"
import type { Line } from "../../src/model/line.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import { cellsOf } from "../../src/tui/resumed.ts"
import { cellRows } from "../../src/tui/views/cell-rows.ts"

const common = {
  parentUuid: null,
  isSidechain: false,
  userType: "external",
  cwd: "/work/app",
  sessionId: "s",
  version: "1",
  gitBranch: "",
  uuid: "u",
  timestamp: "",
} as const

const said = (content: string): Line => ({ ...common, type: "user", message: { role: "user", content } })

/** A call and the recorded result of it. */
function called(
  name: string,
  input: Record<string, unknown>,
  toolUseResult: unknown,
  content = "for the model",
): Line[] {
  return [
    {
      ...common,
      type: "assistant",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "x",
        content: [{ type: "tool_use", id: "t", name, input }],
        stop_reason: null,
        stop_sequence: null,
        usage: NO_USAGE,
      },
    },
    {
      ...common,
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content }] },
      toolUseResult,
    },
  ]
}

const shown = (lines: readonly Line[]) =>
  cellsOf(lines).map((cell) =>
    cellRows(cell, 80)
      .map((row) =>
        row
          .map((part) => part.text)
          .join("")
          .trimEnd(),
      )
      .join("\n"),
  )

describe.concurrent("a session that is resumed looks as it looked", () => {
  test("a file that was read is a count of lines, named from the folder", () => {
    const file = { filePath: "/work/app/a.ts", content: "x\ny\n", numLines: 3, startLine: 1, totalLines: 3 }
    expect(
      shown(called("Read", { file_path: "/work/app/a.ts" }, { type: "text", file }, "1\tx\n2\ty\n3\t")),
    ).toEqual(["● Read(a.ts)\n  ⎿ Read 2 lines"])
  })

  test("an edit is a diff, a new file its lines", () => {
    const structuredPatch = [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-old", "+new"] }]
    const edit = { filePath: "/work/app/a.ts", oldString: "old", newString: "new", structuredPatch }
    expect(shown(called("Edit", { file_path: "/work/app/a.ts" }, edit))[0]).toContain("1 - old\n    1 + new")
    const write = { type: "create", filePath: "/work/app/b.ts", content: "one\ntwo\n", structuredPatch: [] }
    expect(shown(called("Write", { file_path: "/work/app/b.ts" }, write))[0]).toContain(
      "Wrote 2 lines to /work/app/b.ts",
    )
  })

  test("a search says how much it found", () => {
    const filenames = Array.from({ length: 30 }, (_, n) => `f${n}`)
    expect(shown(called("Glob", { pattern: "*" }, { filenames, numFiles: 30, truncated: false }))).toEqual([
      "● Glob(*)\n  ⎿ Found 30 files\n    f0\n    f1\n    f2\n    f3\n    … +26 lines (ctrl+o to see)",
    ])
  })

  test("a record of another shape shows what the model was told", () => {
    for (const record of [
      undefined,
      null,
      "Error",
      7,
      [],
      { filePath: "/a", structuredPatch: [{ lines: 3 }] },
    ])
      expect(shown(called("Edit", { file_path: "/work/app/a.ts" }, record))).toEqual([
        "● Edit(a.ts)\n  ⎿ for the model",
      ])
  })

  test("an interruption is a notice, not something that was said", () => {
    expect(shown([said("go"), said("[Request interrupted by user for tool use]")])).toEqual([
      "> go",
      "! Interrupted.",
    ])
  })
})
