import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { ownPlace } from "./own-process.ts"

// Several starts of the program in each, on a machine that may be busy.
setDefaultTimeout(30_000)

describe("ccts config", () => {
  test("sets one key and leaves every other byte of the file", async () => {
    using place = ownPlace()
    const file = place.write("home/.claude/settings.json", '{\n  "unknown": 1.0,\n  "theme": "light"\n}\n')
    const set = await place.run(["config", "set", "cleanupPeriodDays", "14"])
    expect(set).toMatchObject({ code: 0, err: "" })
    expect(readFileSync(file, "utf8")).toBe(
      '{\n  "unknown": 1.0,\n  "theme": "light",\n  "cleanupPeriodDays": 14\n}\n',
    )
    expect((await place.run(["config", "get", "cleanupPeriodDays"])).out).toBe("14\n")
    expect((await place.run(["config", "unset", "cleanupPeriodDays"])).out).toBe(
      "cleanupPeriodDays = 30 (default)\n",
    )
    expect(await place.run(["config", "get", "model"])).toMatchObject({ code: 1, out: "" })
  })

  test("refuses what the table does not allow, with one line, and writes nothing", async () => {
    using place = ownPlace()
    const refusals = [
      [["config", "set", "effortLevel", "extreme"], "effortLevel must be one of low, medium, high, xhigh\n"],
      [
        ["config", "set", "efortLevel", "high"],
        'There is no setting "efortLevel". Did you mean effortLevel?\n',
      ],
      [
        ["config", "set", "requiredMinimumVersion", "1"],
        "requiredMinimumVersion cannot be set in user settings\n",
      ],
      [["config", "set", "oauth", "{}", "--scope", "project"], "oauth cannot be set in project settings\n"],
    ] as const
    for (const [args, err] of refusals) expect(await place.run(args)).toMatchObject({ code: 1, out: "", err })
    expect((await place.run(["config", "list"])).out).toBe("")
  })

  test("explain says which layer gave the value, which ones are outranked, and what is not used", async () => {
    using place = ownPlace()
    const user = place.write("home/.claude/settings.json", {
      effortLevel: "low",
      permissions: { deny: ["Read(/u)"] },
    })
    const project = place.write(
      "work/.claude/settings.json",
      '{\n  "effortLevel": "high",\n  "permissions": {"deny": ["Read(/p)", 5]}\n}',
    )
    const { out } = await place.run(["config", "explain", "effortLevel"])
    expect(out).toContain('effortLevel = "high"\n')
    expect(out).toContain(`in force: "high" from ${project}:2 (project)`)
    expect(out).toContain(`outranked: "low" from ${user}:1 (user)`)
    const rules = (await place.run(["config", "explain", "permissions.deny"])).out
    expect(rules).toContain(`adds: ["Read(/p)"] from ${project}:3 (project)`)
    expect(rules).toContain(`adds: ["Read(/u)"] from ${user}:1 (user)`)
    expect(rules).toContain(`not used: ${project}:3 must be a text`)
    const set = await place.run(["config", "set", "effortLevel", "medium"])
    expect(set.err).toContain(`Written to ${user}, but ${project}:2 outranks it here.`)
    const json = JSON.parse((await place.run(["config", "explain", "effortLevel", "--json"])).out)
    expect(json).toMatchObject({
      value: "high",
      layers: [{ source: "projectSettings" }, { source: "userSettings" }],
    })
  })

  test("a broken file is named with its line, and the others still hold", async () => {
    using place = ownPlace()
    const broken = place.write("home/.claude/settings.json", '{\n  "model": "opus",\n  oops\n}')
    place.write("work/.claude/settings.json", { effortLevel: "high" })
    const { code, out, err } = await place.run(["config", "list"])
    expect(code).toBe(0)
    expect(out).toContain(`effortLevel = "high"  (${join(place.folder, ".claude/settings.json")}:1)`)
    expect(err).toBe(`${broken}:3: is not valid JSON; nothing of it is used\n`)
  })

  test("help and schema come from the table", async () => {
    using place = ownPlace()
    expect((await place.run(["config", "--help"])).out).toContain("permissions.defaultMode")
    expect(
      JSON.parse((await place.run(["config", "schema"])).out).properties.permissions.properties,
    ).toContainKey("deny")
  })

  test("what is known and does nothing is said when it is set, listed and explained", async () => {
    using place = ownPlace()
    const set = await place.run(["config", "set", "editorMode", "vim"])
    expect([set.code, set.err]).toEqual([
      0,
      "editorMode is known, but not obeyed: the prompt has no vim mode.\n",
    ])
    expect((await place.run(["config", "list"])).err).toContain("editorMode: known, but not obeyed")
    const explained = JSON.parse((await place.run(["config", "explain", "editorMode", "--json"])).out)
    expect(explained.caveat).toBe("known, but not obeyed: the prompt has no vim mode")
    expect((await place.run(["config", "explain", "agent"])).out).toContain(
      "a change holds from the next start on",
    )
    expect((await place.run(["config", "explain", "theme"])).out).not.toContain("next start")
  })
})
