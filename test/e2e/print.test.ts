import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { error, text, toolUse } from "../fake-api/fake-api.ts"
import { built, STREAM, userMessage, withPlace } from "./place.ts"

const said = (value: unknown) => JSON.stringify(value)
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)

describe.skipIf(!built)("-p for people", () => {
  test.concurrent("the argument and what is piped in are one prompt, the answer is the output", () =>
    withPlace([text("The answer")], async ({ start, api }) => {
      const run = await start(["-p", "Explain this"], { input: "piped words\n" }).done
      expect(run).toEqual({ code: 0, out: "The answer\n", err: "" })
      expect(said(api.turns[0]?.body.messages)).toContain("Explain this\\npiped words")
    }))

  test.concurrent("a failed request is said on stdout, with exit code 1", () =>
    withPlace([error(400, { message: "no such luck" })], async ({ start }) => {
      const run = await start(["-p", "Hi"]).done
      expect(run.code).toBe(1)
      expect(run.out).toStartWith("API Error: ")
    }))

  test.concurrent("@file, @folder and @picture reach the model, and may be edited without another read", () =>
    withPlace(
      [toolUse("Edit", { file_path: "src/a.ts", old_string: "one", new_string: "two" }), text("Done")],
      async ({ start, api, write, read, cwd }) => {
        write("src/a.ts", "const one = 1\n")
        writeFileSync(join(cwd, "dot.png"), PIXEL)
        const run = await start([
          "-p",
          "Look at @src/a.ts, @src and @dot.png (not at me@example.com).",
          "--permission-mode",
          "acceptEdits",
        ]).done
        const { messages } = api.turns[0]?.body ?? {}
        expect(said(messages)).toContain("const one = 1")
        expect(said(messages)).toContain("attached the folder")
        expect(messages[0].content.map(({ type }: { type: string }) => type)).toContain("image")
        expect([run.code, read("src/a.ts")]).toEqual([0, "const two = 1\n"])
      },
    ))

  test.concurrent("a model outside the lists of the settings is refused: at the start, for the session, for an agent", () =>
    withPlace(
      ({ body }) =>
        body.messages.length === 1 && said(body.messages).includes("Delegate")
          ? toolUse("Agent", {
              description: "d",
              prompt: "Help",
              subagent_type: "general-purpose",
              model: "opus",
            })
          : text("Done"),
      async ({ start, api, write }) => {
        write(".claude/settings.json", said({ availableModels: ["sonnet", "haiku"], model: "haiku" }))
        expect(await start(["-p", "Hi", "--model", "opus"]).done).toEqual({
          code: 1,
          out: "",
          err: "The model opus is not allowed here: availableModels in the settings lists sonnet, haiku.\n",
        })
        expect((await start(["-p", "/model opus"]).done).out).toContain("not allowed here")
        expect(api.turns).toEqual([])
        expect((await start(["-p", "Delegate", "--model", "sonnet"]).done).code).toBe(0)
        expect(api.turns.length).toBeGreaterThan(2)
        for (const { body } of api.turns) expect(body.model).toContain("sonnet")
      },
    ))

  test.concurrent("an output style takes the place of how to work, adds to it if it says so, and is not for subagents", () =>
    withPlace(
      ({ body }) =>
        said(body.messages).includes("Delegate") && !said(body.messages).includes("tool_result")
          ? toolUse("Agent", { description: "d", prompt: "Help", subagent_type: "general-purpose" })
          : text("Done"),
      async ({ start, api, write }) => {
        write(".claude/output-styles/pirate.md", "Talk like a pirate.")
        write(".claude/settings.json", said({ outputStyle: "pirate", language: "Danish" }))
        await start(["-p", "Delegate"]).done
        const [main, child] = api.turns.map(({ body }) => said(body.system))
        for (const part of ["You are ccts", "# Tools", "Talk like a pirate.", "in Danish"])
          expect(main).toContain(part)
        expect(main).not.toContain("# Working")
        expect(child).not.toContain("pirate")

        write(".claude/settings.json", said({ outputStyle: "Explanatory" }))
        await start(["-p", "Hi"]).done
        const kept = said(api.turns.at(-1)?.body.system)
        for (const part of ["# Working", "# Output style: Explanatory"]) expect(kept).toContain(part)

        write(".claude/settings.json", said({ outputStyle: "nope" }))
        const { err, code } = await start(["-p", "Hi"]).done
        expect([err, code]).toEqual([
          "outputStyle: there is no style nope; known are default, pirate, Explanatory, Learning, Proactive, Concise.\n",
          0,
        ])
      },
    ))

  test.concurrent("a mention that a rule denies stays words, and so does one of nothing", () =>
    withPlace([text("Hm")], async ({ start, api, write }) => {
      write(".env", "SECRET=sesame")
      write(".claude/settings.json", said({ permissions: { deny: ["Read(./.env)"] } }))
      await start(["-p", "See @.env and @nowhere.txt"]).done
      const sent = said(api.turns[0]?.body.messages)
      expect(sent).not.toContain("sesame")
      expect(sent).toContain("@nowhere.txt")
    }))

  test.concurrent("a message composed by the host is not touched", () =>
    withPlace([text("Hm")], async ({ start, api, write }) => {
      write("a.txt", "treasure")
      const input = `${said(userMessage("/compact @a.txt", { client_composed: true }))}\n`
      await start(STREAM, { input }).done
      expect(said(api.turns[0]?.body.messages)).toContain("/compact @a.txt")
      expect(said(api.turns[0]?.body.messages)).not.toContain("treasure")
    }))

  test.concurrent("a command file becomes its text: arguments, shell output, files", () =>
    withPlace([text("Done")], async ({ start, api, write, transcript }) => {
      write("notes.txt", "remember the milk")
      write(
        ".claude/commands/git/tidy.md",
        "---\ndescription: Tidy\nallowed-tools: Bash(printf *)\n---\nTidy $1 then $0, all: $ARGUMENTS. Now: !`printf 'made-%s' here`. See @notes.txt",
      )
      const run = await start(["-p", '/git:tidy "first one" second']).done
      expect(run).toMatchObject({ code: 0, out: "Done\n" })
      const sent = said(api.turns[0]?.body.messages)
      expect(sent).toContain('Tidy second then first one, all: \\"first one\\" second. Now: made-here')
      expect(sent).toContain("remember the milk")
      expect(sent).toContain("<command-name>/git:tidy</command-name>")
      expect(transcript()).toContainEqual(expect.objectContaining({ type: "user", isMeta: true }))
    }))

  test.concurrent("a command's shell line that no rule allows does not run", () =>
    withPlace([text("Done")], async ({ start, cwd, api, write }) => {
      write(".claude/commands/bad.md", "Before !`touch made` after")
      await start(["-p", "/bad"]).done
      expect(existsSync(join(cwd, "made"))).toBe(false)
      expect(said(api.turns[0]?.body.messages)).toContain("The command failed")
    }))

  test.concurrent("a skill is called by its name, and by the model through the Skill tool", () =>
    withPlace(
      [text("Called"), toolUse("Skill", { skill: "greet", args: "Ann" }), text("Loaded")],
      async ({ start, api, config }) => {
        const folder = join(config, "skills", "greet")
        mkdirSync(folder, { recursive: true })
        writeFileSync(
          join(folder, "SKILL.md"),
          "---\nname: greet\ndescription: Greets people: politely\narguments: [who]\n---\nSay hello to $who. See ${CLAUDE_SKILL_DIR}.",
        )
        await start(["-p", "/greet Bob"]).done
        expect(said(api.turns[0]?.body.messages)).toContain(`Say hello to Bob. See ${folder}.`)
        const tool = api.turns[0]?.body.tools.find(({ name }: { name: string }) => name === "Skill")
        expect(tool.description).toContain("greet: Greets people: politely")
        await start(["-p", "Greet Ann", "--allowedTools", "Skill(greet)"]).done
        expect(said(api.turns[2]?.body.messages)).toContain("Say hello to Ann.")
      },
    ))

  test.concurrent("init lists commands and skills; --disable-slash-commands takes them away", () =>
    withPlace([text("1"), text("2")], async ({ start, write }) => {
      write(".claude/commands/tidy.md", "Tidy")
      write(".claude/skills/greet/SKILL.md", "Say hello")
      const flags = ["-p", "Hi", "--output-format", "stream-json", "--verbose"]
      const init = (out: string) => JSON.parse(out.split("\n")[0] ?? "")
      const on = init((await start(flags).done).out)
      expect(on).toMatchObject({
        slash_commands: expect.arrayContaining(["tidy", "greet"]),
        skills: ["greet"],
      })
      const off = init((await start([...flags, "--disable-slash-commands"]).done).out)
      expect(off).toMatchObject({ skills: [] })
      expect(off.slash_commands).not.toContain("tidy")
    }))

  test.concurrent("an unknown /name is a prompt like any other", () =>
    withPlace([text("A path")], async ({ start, api }) => {
      expect((await start(["-p", "/usr/bin is what?"]).done).out).toBe("A path\n")
      expect(said(api.turns[0]?.body.messages)).toContain("/usr/bin is what?")
    }))

  test.concurrent("built-in commands answer without the model", () =>
    withPlace([text("Hi there"), text("On opus")], async ({ start, api }) => {
      for (const [command, answer] of [
        ["/help", "/compact [what to keep]"],
        ["/cost", "Nothing has been asked"],
        ["/context", "tokens"],
        ["/effort extreme", "/effort takes"],
      ] as const) {
        const run = await start(["-p", command]).done
        expect([run.code, run.out.includes(answer)]).toEqual([0, true])
      }
      expect(api.requests).toHaveLength(0)
    }))

  test.concurrent("the result names the command that answered", () =>
    withPlace([], async ({ start }) => {
      const run = await start(["-p", "/help", "--output-format", "json"]).done
      const result = JSON.parse(run.out)
      expect(result).toMatchObject({ subtype: "success", local_command: "help", num_turns: 0 })
      expect(result.terminal_reason).toBeUndefined()
    }))

  test.concurrent("/model holds for the prompts that follow, /clear forgets what was said", () =>
    withPlace([text("One"), text("Two"), text("Three")], async ({ start, api }) => {
      const input = ["Remember plums", "/model claude-opus-4-5", "Next", "/clear", "Last"]
        .map((line) => `${said(userMessage(line))}\n`)
        .join("")
      const run = await start(STREAM, { input }).done
      const messages = run.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      const models = api.turns.map(({ body }) => body.model)
      expect(models.at(-1)).toBe("claude-opus-4-5")
      expect(said(api.turns.at(-1)?.body.messages)).not.toContain("plums")
      expect(messages.filter(({ subtype }) => subtype === "local_command_output")).toHaveLength(2)
      expect(messages.filter(({ type }) => type === "conversation_reset")).toHaveLength(1)
      expect(run.code).toBe(0)
    }))

  test.concurrent("/compact makes room and says so", () =>
    withPlace([text("A long story"), text("Summary"), text("And then")], async ({ start }) => {
      const input = ["Tell", "/compact", "Go on"].map((line) => `${said(userMessage(line))}\n`).join("")
      const run = await start(STREAM, { input }).done
      expect(run.out).toContain('"compact_boundary"')
      expect(run.code).toBe(0)
    }))
})
