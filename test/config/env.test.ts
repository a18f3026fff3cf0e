import { describe, expect, test } from "bun:test"
import { envBool, envInt, envList, envOn, envSet } from "../../src/config/env.ts"
import { configPaths, projectDir } from "../../src/config/paths.ts"

describe("environment variables", () => {
  test.each([
    ["1", true],
    ["TRUE", true],
    [" yes ", true],
    ["on", true],
    ["0", false],
    ["False", false],
    ["no", false],
    ["off", false],
    ["", undefined],
    ["2", undefined],
    [undefined, undefined],
  ])("%p reads as %p", (value, expected) => {
    expect(envBool({ X: value }, "X")).toBe(expected)
    expect(envOn({ X: value }, "X")).toBe(expected === true)
  })

  test("numbers are whole, bounded, or not there", () => {
    expect(
      ["10", " 7 ", "999", "-1", "1.5", "x", "", "1e3", "0"].map((X) => envInt({ X }, "X", 1, 100)),
    ).toEqual([10, 7, 100, ...Array(6).fill(undefined)])
    expect(envList({ X: " a,,b " }, "X")).toEqual(["a", "b"])
    expect([envSet({ X: "0" }, "X"), envSet({}, "X")]).toEqual([true, false])
  })
})

describe("places on disk", () => {
  test("follow CLAUDE_CONFIG_DIR, the shared state into it", () => {
    expect(configPaths({ HOME: "/h" })).toMatchObject({
      configDir: "/h/.claude",
      stateFile: "/h/.claude.json",
      projectDirName: null,
    })
    const moved = configPaths({ HOME: "/h", CLAUDE_CONFIG_DIR: "/c", CLAUDE_CODE_PROJECT_DIR_NAME: "fixed" })
    expect(moved).toMatchObject({ configDir: "/c", stateFile: "/c/.claude.json", projectsDir: "/c/projects" })
    expect(projectDir(moved, "/anything")).toBe("/c/projects/fixed")
  })

  test("a fixed project folder needs a moved config folder and is one plain name", () => {
    expect(configPaths({ HOME: "/h", CLAUDE_CODE_PROJECT_DIR_NAME: "x" }).projectDirName).toBeNull()
    for (const name of ["..", "a/b", "", "a\\b"]) {
      expect(
        configPaths({ CLAUDE_CONFIG_DIR: "/c", CLAUDE_CODE_PROJECT_DIR_NAME: name }).projectDirName,
      ).toBeNull()
    }
  })
})
