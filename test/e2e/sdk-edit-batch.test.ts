/** A batch of edits over the published SDK: the host sees one patch and chooses its hunks. */
import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { CanUseTool } from "@anthropic-ai/claude-agent-sdk"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { EDITS, NUMBERS, swap } from "../tools/batch-of-edits.ts"
import { built, type Place, withPlace } from "./place.ts"
import { promptStream } from "./sdk-session.ts"

const REPLIES = [
  toolUse("Read", { file_path: "a.txt" }),
  toolUse("Read", { file_path: "b.txt" }),
  toolUse("EditBatch", { edits: EDITS }),
  text("Done"),
]

interface Review {
  readonly file_path: string
  readonly before: string
  readonly rejected: readonly number[]
  readonly hunks: readonly { readonly lines: readonly string[] }[]
}

async function batch(place: Place, canUseTool: CanUseTool, tools = ["Read", "EditBatch"]) {
  writeFileSync(join(place.cwd, "a.txt"), NUMBERS)
  writeFileSync(join(place.cwd, "b.txt"), "one\n")
  const { prompt, close } = promptStream("Change them")
  await place.sdk({
    prompt,
    options: { canUseTool, tools, model: "claude-opus-4-6" },
    onMessage: (message) => {
      if (message.type === "result") close()
    },
  })
  const now = (name: string) => readFileSync(join(place.cwd, name), "utf8")
  return { a: now("a.txt"), b: now("b.txt"), c: existsSync(join(place.cwd, "c.txt")) }
}

const OLD = { a: NUMBERS, b: "one\n", c: false }
const NEW = {
  a: NUMBERS.replace("line 3\n", "LINE 3\n").replace("line 30\n", "LINE 30\n"),
  b: "two\n",
  c: true,
}

describe.skipIf(!built)("EditBatch over the SDK", () => {
  test.concurrent("a yes as it is applies all of the patch that was shown", () =>
    withPlace(REPLIES, async (place) => {
      let shown: readonly Review[] = []
      const files = await batch(place, async (_, input) => {
        shown = input.review as readonly Review[]
        return { behavior: "allow", updatedInput: input }
      })
      expect(shown.map(({ file_path, hunks }) => [file_path, hunks.length])).toEqual([
        [join(place.cwd, "a.txt"), 2],
        [join(place.cwd, "b.txt"), 1],
        [join(place.cwd, "c.txt"), 1],
      ])
      expect(shown[0]?.hunks[0]?.lines).toContain("+LINE 3")
      expect(files).toEqual(NEW)
    }))
  test.concurrent("hunks that the host rejects are left out, and the model is told", () =>
    withPlace(REPLIES, async (place) => {
      const files = await batch(place, async (_, input) => {
        const review = (input.review as readonly Review[]).map((file) => ({
          ...file,
          rejected: file.file_path.endsWith("a.txt") ? [1] : file.file_path.endsWith("c.txt") ? [0] : [],
        }))
        return { behavior: "allow", updatedInput: { ...input, review } }
      })
      expect(files).toEqual({ a: NUMBERS.replace("line 3\n", "LINE 3\n"), b: "two\n", c: false })
      const last = JSON.stringify(place.api.turns.at(-1)?.body.messages)
      expect(last).toContain("a.txt: updated without 1 of 2 hunks, which the person rejected:")
      expect(last).toContain("c.txt: not made, the person rejected it")
    }))
  test.concurrent("other edits in their place are what is made", () =>
    withPlace(REPLIES, async (place) => {
      const files = await batch(place, async () => ({
        behavior: "allow",
        updatedInput: { edits: [swap(join(place.cwd, "b.txt"), "one", "three")] },
      }))
      expect(files).toEqual({ ...OLD, b: "three\n" })
    }))
  test.concurrent("the host is not asked about changes that cannot be made, nor told of files it did not open", () =>
    withPlace(
      [
        toolUse("EditBatch", { edits: EDITS }),
        toolUse("Edit", swap("a.txt", "line 3\n", "x\n")),
        toolUse("Edit", swap("absent.txt", "a", "b")),
        toolUse("Write", { file_path: "a.txt", content: "" }),
        toolUse("Edit", swap("/etc/hostname-that-is-not-there", "a", "b")),
        text("Done"),
      ],
      async (place) => {
        const asked: unknown[] = []
        const files = await batch(
          place,
          async (tool, input) => {
            asked.push([tool, input.file_path])
            return { behavior: "deny", message: "no" }
          },
          ["Read", "Edit", "Write", "EditBatch"],
        )
        expect(files).toEqual(OLD)
        // Outside the folder even "there is no such file" is somebody's to tell.
        expect(asked).toEqual([["Edit", "/etc/hostname-that-is-not-there"]])
        const results = place.api.turns
          .slice(1)
          .map((turn) => turn.body.messages.at(-1)?.content)
          .flatMap((content) => content.filter((one: { type: string }) => one.type === "tool_result"))
          .map((one) => String(one.content))
        expect(results[0]).toContain("cannot be made, so none was: File has not been read yet.")
        expect(results[1]).toContain("File has not been read yet.")
        expect(results[2]).toStartWith("<tool_use_error>File does not exist.")
        expect(results[3]).toContain("File has not been read yet.")
        expect(results[4]).toContain("no")
      },
    ))
  test.concurrent.each([
    ["a refusal", async () => ({ behavior: "deny", message: "no" }) as const],
    [
      "a hunk that does not exist",
      async (_: string, input: Readonly<Record<string, unknown>>) => ({
        behavior: "allow" as const,
        updatedInput: {
          ...input,
          review: (input.review as readonly Review[]).map((file) => ({ ...file, rejected: [7] })),
        },
      }),
    ],
    [
      "a review of another content",
      async (_: string, input: Readonly<Record<string, unknown>>) => ({
        behavior: "allow" as const,
        updatedInput: {
          ...input,
          review: (input.review as readonly Review[]).map((file) => ({ ...file, before: "other" })),
        },
      }),
    ],
  ])("%s changes nothing", (_, answer) =>
    withPlace(REPLIES, async (place) => {
      expect(await batch(place, answer)).toEqual(OLD)
    }),
  )
})
