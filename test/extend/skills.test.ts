import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { listField, readFrontMatter, switchField } from "../../src/extend/front-matter.ts"
import { createSkills } from "../../src/extend/skills/create-skills.ts"
import { splitArguments, substitute, usesArguments } from "../../src/extend/skills/substitute.ts"
import type { TurnPort } from "../../src/model/intake.ts"

const home = mkdtempSync(join(tmpdir(), "ccts-skills-"))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Files below a folder of their own. */
function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(home, "place-"))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** A turn that remembers what was asked of it. */
function turnOf() {
  const asked = { rules: [] as string[], models: [] as string[], commands: [] as string[] }
  const turn: TurnPort = {
    sessionId: "session",
    effort: "high",
    allow: (rules) => void asked.rules.push(...rules),
    useModel: (name) => void asked.models.push(name),
    async shell(command) {
      asked.commands.push(command)
      return { ok: true, output: `<${command}>` }
    },
    mentions: async () => [],
  }
  return { asked, turn }
}

describe("the head of a file", () => {
  test.each([
    ["no head at all", "text", {}, "text"],
    ["an empty head", "---\n---\nbody", {}, "body"],
    ["plain fields", "---\na: 1\nb: yes\n---\nbody", { a: 1, b: "yes" }, "body"],
    [
      "a colon that YAML does not take",
      "---\ndescription: Use when: now\n---\nb",
      { description: "Use when: now" },
      "b",
    ],
    ["line ends of Windows", "---\r\na: x\r\n---\r\nbody", { a: "x" }, "body"],
    ["a rule further down is none", "text\n---\na: 1\n---\n", {}, "text\n---\na: 1\n---\n"],
    ["a head that never ends", "---\na: 1\nbody", {}, "---\na: 1\nbody"],
  ])("%s", (_, text, data, body) => {
    const read = readFrontMatter(text)
    expect(read.body).toBe(body)
    for (const [key, value] of Object.entries(data)) expect(String(read.data[key])).toBe(String(value))
    expect(Object.keys(read.data)).toEqual(Object.keys(data))
  })

  test("lists come as lists or words, rules stay whole", () => {
    expect(listField({ a: ["x", "y"] }, "a")).toEqual(["x", "y"])
    expect(listField({ a: "Bash(git add *), Read Edit" }, "a")).toEqual(["Bash(git add *)", "Read", "Edit"])
    expect(listField({ a: 7 }, "a")).toEqual([])
  })

  test("switches take the words people write", () => {
    for (const yes of [true, "yes", "On", 1, "true"]) expect(switchField({ a: yes }, "a", false)).toBe(true)
    for (const no of [false, "no", "off", 0]) expect(switchField({ a: no }, "a", true)).toBe(false)
    expect(switchField({}, "a", true)).toBe(true)
    expect(switchField({ a: "maybe" }, "a", true)).toBe(true)
  })
})

describe("placeholders", () => {
  const values = {
    args: 'one "two words" three',
    parameters: ["first", "rest"],
    variables: { CLAUDE_X: "x" },
  }
  test.each([
    ["$ARGUMENTS", 'one "two words" three'],
    ["$0 and $1", "one and two words"],
    ["$ARGUMENTS[2]!", "three!"],
    ["$9 stays", "$9 stays"],
    ["$first, $rest", "one, two words"],
    ["${CLAUDE_X} ${OTHER}", "x ${OTHER}"],
    ["\\$0 costs \\$ARGUMENTS", "$0 costs $ARGUMENTS"],
    ["$HOME stays", "$HOME stays"],
  ])("%s", (template, text) => {
    expect(substitute(template, values)).toBe(text)
  })

  test("what an argument brings is not looked at again", () => {
    expect(substitute("$0 $1", { args: "'$1' x", parameters: [], variables: {} })).toBe("$1 x")
  })

  test("a named one without a word is empty", () => {
    expect(substitute("[$first]", { ...values, args: "" })).toBe("[]")
  })

  test("quotes keep words together", () => {
    expect(splitArguments(`a 'b c' "d \\"e\\"" f"g h"`)).toEqual(["a", "b c", 'd "e"', "fg h"])
  })

  test("a template says itself whether it takes arguments", () => {
    expect([
      usesArguments("Do $1", []),
      usesArguments("Do $who", ["who"]),
      usesArguments("Do \\$1", []),
    ]).toEqual([true, true, false])
  })
})

describe("skills and commands of a session", () => {
  const skillsOf = (...places: readonly Readonly<Record<string, string>>[]) =>
    createSkills({
      places: places.map((files) => ({ folder: folder(files), source: "project" as const })),
      projectDir: home,
    })

  test("the first place wins, a skill wins over a command, folders become prefixes", () => {
    const skills = skillsOf(
      { "skills/a/SKILL.md": "First", "commands/git/b.md": "Bee" },
      { "skills/a/SKILL.md": "Second", "commands/a.md": "Third", "commands/deep/er/c.md": "Sea" },
    )
    expect(skills.list().map(({ name, description }) => `${name}: ${description}`)).toEqual([
      "a: First",
      "git:b: Bee",
      "deep:er:c: Sea",
    ])
    expect(skills.skillNames()).toEqual(["a"])
  })

  test("a call fills in arguments, runs commands through the turn, brings rules and a model", async () => {
    const skills = skillsOf({
      "commands/do.md":
        "---\nallowed-tools: Bash(ls *)\nmodel: haiku\n---\nSee !`ls $0` of $0.\n```!\npwd\n```\nNot `!`this`` and not a!`b`.",
    })
    const { asked, turn } = turnOf()
    const { text } = (await skills.expand("do", "src", turn)) ?? {}
    expect(asked).toEqual({ rules: ["Bash(ls *)"], models: ["haiku"], commands: ["ls src", "pwd"] })
    expect(text).toStartWith("See <ls src> of src.\n<pwd>\n")
    expect(text).not.toContain("ARGUMENTS:")
  })

  test("a folder that nobody trusts brings no rules along; the rest of its command works", async () => {
    const files = { "commands/do.md": "---\nallowed-tools: Bash(ls *), Bash(rm *)\n---\nHello" }
    const places = [
      {
        folder: folder(files),
        source: "project" as const,
        permits: (skill: string, rule: string) => skill === "do" && rule === "Bash(ls *)",
        runs: () => false,
      },
    ]
    const { asked, turn } = turnOf()
    const { text } = (await createSkills({ places, projectDir: home }).expand("do", "", turn)) ?? {}
    expect([text, asked.rules]).toEqual(["Hello", ["Bash(ls *)"]])
  })

  test("a policy leaves commands out", async () => {
    const { asked, turn } = turnOf()
    const folders = [{ folder: folder({ "commands/do.md": "Now !`date`." }), source: "project" as const }]
    const skills = createSkills({ places: folders, projectDir: home, noCommands: true })
    const { text } = (await skills.expand("do", "", turn)) ?? {}
    expect([text, asked.commands]).toEqual(["Now [shell command execution disabled by policy].", []])
  })

  test("a long description is cut in the listing", () => {
    const folders = [
      {
        folder: folder({ "commands/do.md": "---\ndescription: 123456789\n---\nx" }),
        source: "user" as const,
      },
    ]
    const skills = createSkills({ places: folders, projectDir: home, descriptionChars: 5 })
    expect(skills.tool()?.spec.description).toEndWith("- do: 1234…")
  })

  test("an argument cannot bring a command along", async () => {
    const { asked, turn } = turnOf()
    const skills = skillsOf({ "commands/echo.md": "Say $ARGUMENTS" })
    await skills.expand("echo", "!`rm -rf /`", turn)
    expect(asked.commands).toEqual([])
  })

  test("arguments that nothing asks for are put at the end", async () => {
    const skills = skillsOf({ "commands/plain.md": "Just do it" })
    expect((await skills.expand("plain", "now", turnOf().turn))?.text).toBe("Just do it\n\nARGUMENTS: now")
  })

  test("who may call what is in the head", async () => {
    const skills = skillsOf({
      "skills/mine/SKILL.md": "---\ndisable-model-invocation: true\n---\nMine",
      "skills/yours/SKILL.md": "---\nuser-invocable: no\n---\nYours",
    })
    expect(skills.list().map(({ name }) => name)).toEqual(["mine"])
    expect(skills.tool()?.spec.description).toContain("- yours: Yours")
    expect(skills.tool()?.spec.description).not.toContain("- mine")
    expect(await skills.expand("yours", "", turnOf().turn)).toBeNull()
  })

  test("a subagent starts with the text of a skill, also of one that no person may call", async () => {
    const skills = skillsOf({ "skills/style/SKILL.md": "---\nuser-invocable: false\n---\nShort sentences." })
    const { turn } = turnOf()
    expect(await skills.preload?.("style", turn)).toContain("Short sentences.")
    expect(await skills.preload?.("none", turn)).toBeNull()
  })

  test("a host chooses the skills that the model may load", () => {
    const skills = skillsOf({ "skills/a/SKILL.md": "A", "skills/b/SKILL.md": "B" })
    skills.only(["b"])
    expect(skills.tool()?.spec.description).toEndWith("- b: B")
    skills.only([])
    expect(skills.tool()).toBeNull()
  })

  test("a command that was written after the start is found", async () => {
    const place = folder({})
    const skills = createSkills({ places: [{ folder: place, source: "project" }], projectDir: home })
    mkdirSync(join(place, "commands"))
    writeFileSync(join(place, "commands", "late.md"), "Late")
    expect((await skills.expand("late", "", turnOf().turn))?.text).toBe("Late")
    expect(await skills.expand("never", "", turnOf().turn)).toBeNull()
  })

  test("the listing stays within its budget, names first", () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [
        `skills/s${n}/SKILL.md`,
        `---\ndescription: ${"long ".repeat(60)}\n---\nx`,
      ]),
    )
    const skills = createSkills({
      places: [{ folder: folder(files), source: "project" }],
      projectDir: home,
      listingChars: 2_000,
    })
    const listing = skills.tool()?.spec.description.split("exist:\n")[1] ?? ""
    expect(listing.length).toBeLessThan(2_100)
    expect(listing.split("\n")).toHaveLength(50)
  })

  test("folders and files that are none do no harm", () => {
    const skills = skillsOf({ "skills/README.md": "no", "skills/x/other.md": "no", "commands/a.txt": "no" })
    expect(skills.list()).toEqual([])
    expect(skills.tool()).toBeNull()
  })
})
