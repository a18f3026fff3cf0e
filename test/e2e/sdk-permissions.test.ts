import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { CanUseTool } from "@anthropic-ai/claude-agent-sdk"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { built, controlRequest, type Place, STREAM, userMessage, withPlace } from "./place.ts"
import { promptStream, resultOf } from "./sdk-session.ts"

/** One prompt, answered questions, stdin closed after the result. */
async function ask(place: Place, canUseTool: CanUseTool) {
  const { prompt, close } = promptStream("Do it")
  return place.sdk({
    prompt,
    options: { canUseTool },
    onMessage: (message) => {
      if (message.type === "result") close()
    },
  })
}

const touch = (name: string) => toolUse("Bash", { command: `touch ${name}` })

describe.skipIf(!built)("permissions over the SDK", () => {
  test.concurrent("the host is told what, why and what a lasting yes would be", () =>
    withPlace([touch("a"), text("Done")], async (place) => {
      let seen: Readonly<Record<string, unknown>> = {}
      await ask(place, async (tool, input, options) => {
        seen = { tool, input, ...options }
        return { behavior: "allow", updatedInput: input }
      })
      expect(seen).toMatchObject({ tool: "Bash", input: { command: "touch a" } })
      expect(String(seen.toolUseID)).toStartWith("toolu_")
      expect(seen.suggestions).toMatchObject([{ type: "addRules", behavior: "allow" }])
      expect(existsSync(join(place.cwd, "a"))).toBe(true)
    }))

  test.concurrent("a lasting yes is written to the settings file it names and holds in the next process", () =>
    withPlace([touch("a"), touch("b"), text("Done"), touch("c"), text("Done")], async (place) => {
      let asked = 0
      await ask(place, async (_, input) => {
        asked++
        return {
          behavior: "allow",
          updatedInput: input,
          updatedPermissions: [
            {
              type: "addRules",
              behavior: "allow",
              rules: [{ toolName: "Bash", ruleContent: "touch *" }],
              destination: "userSettings",
            },
          ],
        }
      })
      expect(asked).toBe(1)
      expect(existsSync(join(place.cwd, "b"))).toBe(true)
      const settings = JSON.parse(readFileSync(join(place.config, "settings.json"), "utf8"))
      expect(settings.permissions.allow).toEqual(["Bash(touch *)"])
      const { messages } = await place.sdk({ prompt: "Again" })
      expect(resultOf(messages)).toMatchObject({ result: "Done", permission_denials: [] })
      expect(existsSync(join(place.cwd, "c"))).toBe(true)
    }))

  test.concurrent("local settings get the rule too, and session rules go nowhere", () =>
    withPlace([touch("a"), touch("b"), text("Done")], async (place) => {
      const destinations = ["localSettings", "session"] as const
      let asked = 0
      await ask(place, async (_, input) => {
        const destination = destinations[asked++] ?? "session"
        const rules = [{ toolName: "Bash", ruleContent: String(input.command) }]
        return {
          behavior: "allow",
          updatedInput: input,
          updatedPermissions: [{ type: "addRules", behavior: "allow", rules, destination }],
        }
      })
      expect(asked).toBe(2)
      expect(JSON.parse(place.read(".claude/settings.local.json")).permissions.allow).toEqual([
        "Bash(touch a)",
      ])
      expect(existsSync(join(place.config, "settings.json"))).toBe(false)
    }))

  test.concurrent("deny with interrupt ends the turn", () =>
    withPlace([touch("a"), text("never")], async (place) => {
      const { messages } = await ask(place, async () => ({
        behavior: "deny",
        message: "stop",
        interrupt: true,
      }))
      expect(resultOf(messages)).toMatchObject({ is_error: true, terminal_reason: "aborted_tools" })
      expect(place.api.turns).toHaveLength(1)
    }))

  test.concurrent("a mode set with the yes is the mode of what follows", () =>
    withPlace(
      ({ body }) => {
        const { length } = body.messages
        if (length === 1) return toolUse("Write", { file_path: `${"one"}.txt`, content: "1" })
        return length === 3 ? toolUse("Write", { file_path: "two.txt", content: "2" }) : text("Done")
      },
      async (place) => {
        let asked = 0
        const { messages } = await ask(place, async (_, input) => {
          asked++
          return {
            behavior: "allow",
            updatedInput: input,
            updatedPermissions: [{ type: "setMode", mode: "acceptEdits", destination: "session" }],
          }
        })
        expect(asked).toBe(1)
        expect(place.read("two.txt")).toBe("2")
        expect(messages).toContainEqual(
          expect.objectContaining({ subtype: "status", permissionMode: "acceptEdits" }),
        )
      },
    ))

  test.concurrent("a plan is written, shown with the question, and approved into another mode", () =>
    withPlace(
      ({ body }) => {
        const said = JSON.stringify(body.messages)
        const plan = /Plan file: (\S+?\.md)/.exec(said)?.[1] ?? ""
        const { length } = body.messages
        if (length === 1) return toolUse("Write", { file_path: "early.txt", content: "no" })
        if (length === 3) return toolUse("Write", { file_path: plan, content: "1. Do it" })
        if (length === 5) return toolUse("ExitPlanMode", {})
        return length === 7 ? toolUse("Write", { file_path: "late.txt", content: "yes" }) : text("Done")
      },
      async (place) => {
        const asked: Readonly<Record<string, unknown>>[] = []
        const { prompt, close } = promptStream("Plan it")
        const { messages } = await place.sdk({
          prompt,
          options: {
            permissionMode: "plan",
            planModeInstructions: "Plan in haiku.",
            canUseTool: async (tool, input) => {
              asked.push({ tool, ...input })
              if (tool !== "ExitPlanMode") return { behavior: "deny", message: "not while planning" }
              return {
                behavior: "allow",
                updatedInput: input,
                updatedPermissions: [{ type: "setMode", mode: "acceptEdits", destination: "session" }],
              }
            },
          },
          onMessage: (message) => {
            if (message.type === "result") close()
          },
        })
        expect(JSON.stringify(place.api.turns[0]?.body.messages)).toContain("Plan in haiku.")
        expect(asked.at(-1)).toMatchObject({ tool: "ExitPlanMode", plan: "1. Do it" })
        expect([existsSync(join(place.cwd, "early.txt")), existsSync(join(place.cwd, "late.txt"))]).toEqual([
          false,
          true,
        ])
        expect(resultOf(messages)).toMatchObject({ result: "Done" })
      },
    ))

  test.concurrent("AskUserQuestion is answered through the same door", () => {
    const questions = [
      {
        question: "Which colour?",
        header: "Colour",
        multiSelect: false,
        options: [
          { label: "Red", description: "warm" },
          { label: "Blue", description: "cold" },
        ],
      },
    ]
    return withPlace([toolUse("AskUserQuestion", { questions }), text("Blue it is")], async (place) => {
      const { messages } = await ask(place, async (_, input) => ({
        behavior: "allow",
        updatedInput: { ...input, answers: { "Which colour?": "Blue" } },
      }))
      expect(JSON.stringify(place.api.turns[1]?.body.messages)).toContain("Blue")
      expect(resultOf(messages)).toMatchObject({ result: "Blue it is" })
    })
  })

  test.concurrent("without an answer the call waits, and an interrupt withdraws the question", () =>
    withPlace([touch("a"), text("never")], async ({ start, cwd, api }) => {
      const run = start([...STREAM, "--permission-prompt-tool=stdio"], { open: true })
      run.send(controlRequest("initialize"), userMessage("Do it"))
      const question = await run.message(({ request }) => request?.subtype === "can_use_tool")
      run.send(controlRequest("interrupt"))
      const withdrawn = await run.message(({ type }) => type === "control_cancel_request")
      expect(withdrawn.request_id).toBe(question.request_id)
      const result = await run.message(({ type }) => type === "result")
      expect(result).toMatchObject({ subtype: "error_during_execution", terminal_reason: "aborted_tools" })
      run.end()
      expect((await run.done).code).toBe(0)
      expect([existsSync(join(cwd, "a")), api.turns.length]).toEqual([false, 1])
    }))

  test.concurrent("allowedTools and disallowedTools decide without a question", () =>
    withPlace(
      [touch("a"), toolUse("Write", { file_path: "b.txt", content: "b" }), text("Done")],
      async (place) => {
        const { messages } = await place.sdk({
          prompt: "Do it",
          options: { allowedTools: ["Bash(touch *)"], disallowedTools: ["Write"] },
        })
        expect(existsSync(join(place.cwd, "a"))).toBe(true)
        expect(existsSync(join(place.cwd, "b.txt"))).toBe(false)
        expect(place.api.turns[0]?.body.tools.map(({ name }: { name: string }) => name)).not.toContain(
          "Write",
        )
        expect(resultOf(messages)).toMatchObject({ result: "Done" })
      },
    ))

  test.concurrent("bypassPermissions asks nothing", () =>
    withPlace([touch("a"), text("Done")], async (place) => {
      await place.sdk({
        prompt: "Do it",
        env: { IS_SANDBOX: "1" },
        options: { permissionMode: "bypassPermissions", allowDangerouslySkipPermissions: true },
      })
      expect(existsSync(join(place.cwd, "a"))).toBe(true)
    }))

  test.concurrent("a deny rule stands above the host", () =>
    withPlace([touch("a"), text("I see")], async (place) => {
      place.write(".claude/settings.json", JSON.stringify({ permissions: { deny: ["Bash(touch *)"] } }))
      let asked = 0
      await ask(place, async (_, input) => {
        asked++
        return { behavior: "allow", updatedInput: input }
      })
      expect([asked, existsSync(join(place.cwd, "a"))]).toEqual([0, false])
    }))
})
