import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { findOutputStyle, loadOutputStyles } from "../../src/extend/styles/output-styles.ts"
import { tempDir } from "../sessions/support.ts"

function folder(files: Readonly<Record<string, string>>): string {
  const { path } = tempDir()
  mkdirSync(join(path, "output-styles"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, "output-styles", name), text)
  return path
}

describe("output styles", () => {
  test("of files come by the name in their head or their file's, the first folder first, then the built-in ones", () => {
    const near = folder({
      "pirate.md": "---\nname: Pirate\ndescription: Arr\n---\nTalk like a pirate.",
      "teacher.md": "---\nkeep-coding-instructions: true\n---\nTeach.",
      "concise.md": "My own.",
      "empty.md": "---\nname: Nothing\n---\n",
      "notes.txt": "no style",
    })
    const far = folder({ "pirate.md": "Another pirate." })
    const styles = loadOutputStyles([near, join(far, "missing"), far])
    expect(styles.map(({ name }) => name)).toEqual([
      "concise",
      "Pirate",
      "teacher",
      "Explanatory",
      "Learning",
      "Proactive",
    ])
    expect(findOutputStyle(styles, "pirate")).toEqual({
      name: "Pirate",
      body: "Talk like a pirate.",
      keepsInstructions: false,
    })
    expect(findOutputStyle(styles, "Teacher")?.keepsInstructions).toBe(true)
    expect(findOutputStyle(styles, "Concise")?.body).toBe("My own.")
  })

  test("the default is none of them, and an unknown one is known to be unknown", () => {
    expect(findOutputStyle(loadOutputStyles([]), "Default")).toBeNull()
    expect(findOutputStyle(loadOutputStyles([]), "nope")).toBeUndefined()
  })
})
