import { describe, expect, test } from "bun:test"
import { COMMANDS } from "../../src/cli/command-names.ts"
import { runSubcommand } from "../../src/cli/commands.ts"
import { renderCompletion, SHELLS } from "../../src/cli/completion.ts"
import { flagTable } from "../../src/cli/flags.ts"
import { renderHelp } from "../../src/cli/help.ts"

const visible = Object.entries(flagTable).filter(([, spec]) => !spec.hidden)
const hidden = Object.entries(flagTable).filter(([, spec]) => spec.hidden)

function streams() {
  const said = { out: "", err: "" }
  return {
    said,
    out: (text: string) => {
      said.out += text
    },
    err: (text: string) => {
      said.err += text
    },
  }
}

describe("--help", () => {
  test("names every flag of the table but the hidden ones, within the width", () => {
    const help = renderHelp({ columns: 80 })
    for (const [name] of visible) expect(help).toContain(`--${name}`)
    for (const [name] of hidden) expect(help).not.toMatch(new RegExp(`--${name}[ ,\\n[=]`))
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
  })

  test("lists only commands that can be run", () => {
    expect(renderHelp()).toContain("\n  completion ")
    expect(renderHelp()).not.toContain("remote-control")
  })
})

describe("completions", () => {
  test.each([...SHELLS])("%s knows every visible flag", (shell) => {
    const script = renderCompletion(shell)
    for (const [name] of visible) expect(script).toContain(shell === "fish" ? `-l ${name} ` : `--${name}`)
  })

  test("bash completes flags and their choices", async () => {
    const ask = async (...words: string[]) => {
      const program = `${renderCompletion("bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ccts; printf '%s\\n' "\${COMPREPLY[@]}"`
      const child = Bun.spawn(["bash", "-c", program, "bash", ...words], { stdout: "pipe", stderr: "pipe" })
      expect(await new Response(child.stderr).text()).toBe("")
      return (await new Response(child.stdout).text()).trim().split("\n")
    }
    expect(await ask("ccts", "--perm")).toEqual(["--permission-mode", "--permission-prompts"])
    expect(await ask("ccts", "--output-format", "s")).toEqual(["stream-json"])
    expect(await ask("ccts", "comp")).toEqual(["completion"])
  })
})

describe("subcommands", () => {
  test("one that is not there yet is refused by name", async () => {
    const { said, ...to } = streams()
    expect(await runSubcommand("gateway", [], to)).toBe(1)
    expect(said.err).toBe("ccts gateway is not part of ccts: it needs a service that ccts does not have.\n")
  })

  test("the words that completions offer are the ones that there are", async () => {
    for (const name of ["auth", "completion", "config", "mcp"] as const) {
      const { said, ...to } = streams()
      expect(await runSubcommand(name, [], to), name).toBe(1)
      const there = /^Say which: (.*)\.\n$/.exec(said.err)?.[1]?.split(", ") ?? []
      expect<readonly string[]>([...COMMANDS[name].words].sort(), name).toEqual(there.sort())
    }
  })

  test("the usage of a nested command can be typed as it stands", async () => {
    const { said, ...to } = streams()
    expect(await runSubcommand("mcp", ["list", "--help"], to)).toBe(0)
    expect(said.out).toContain("ccts mcp list")
  })

  test("a wrong argument is one line and exit 1", async () => {
    const { said, ...to } = streams()
    expect(await runSubcommand("completion", ["tcsh"], to)).toBe(1)
    expect(said.err).toBe('There are completions for bash, zsh, fish, not for "tcsh".\n')
  })

  test("--help of a command shows its usage", async () => {
    const { said, ...to } = streams()
    expect(await runSubcommand("completion", ["--help"], to)).toBe(0)
    expect(said.out).toContain("completion")
  })
})
