import { expect, test } from "bun:test"
import { attributions, gitInstructions } from "../../src/engine/prompt/git-instructions.ts"

test.each([
  [{}, "Assisted-by: ccts (M)", "Made with ccts (M)"],
  [{ attribution: true }, "Assisted-by: ccts (M)", "Made with ccts (M)"],
  [{ attribution: false }, "", ""],
  [{ includeCoAuthoredBy: false }, "", ""],
  [{ attribution: { commit: "Signed: me", pr: "" } }, "Signed: me", ""],
  [{ attribution: { pr: "by hand" } }, "Assisted-by: ccts (M)", "by hand"],
  [{ attribution: { commit: "" }, includeCoAuthoredBy: true }, "", "Made with ccts (M)"],
])("with %j commits and pull requests say what the settings want", (settings, commit, pr) => {
  expect(attributions(settings, "M")).toEqual({ commit, pr })
  const text = gitInstructions(settings, "M")
  if (commit !== "") expect(text).toContain(commit)
  else expect(text).toContain("Add no line about yourself or the model to commit messages.")
})

test("without includeGitInstructions nothing is said about git", () => {
  expect(gitInstructions({ includeGitInstructions: false }, "M")).toBe("")
  expect(gitInstructions({}, "M")).toContain("only when the user asks for it")
})

test("commits are never signed as another program", () => {
  expect(gitInstructions({}, "M")).not.toMatch(/Claude Code|anthropic\.com/i)
})
