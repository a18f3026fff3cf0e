/** `ccts import`: shows what another agent's configuration would add, asks, and adds it. Nothing there is replaced. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ConfigPaths } from "../../config/paths.ts"
import { openState } from "../../config/state.ts"
import { messageOf } from "../../extend/json.ts"
import { addServer } from "../../extend/mcp/edit-servers.ts"
import { findPlace } from "../place.ts"
import { canAsk, createQuestions } from "../questions.ts"
import type { Found } from "./found.ts"
import { AGENTS, type AgentName, readAgent } from "./read-agents.ts"

export interface ImportOptions {
  /** All that are here by default. */
  readonly agent: string | undefined
  readonly dryRun: boolean
  readonly yes: boolean
}

interface Step {
  readonly line: string
  /** Null: there is one already, which stays. */
  readonly work: (() => Promise<void> | void) | null
}

/** The exit code; what cannot be is thrown as one line. */
export async function importAgents({ agent, dryRun, yes }: ImportOptions): Promise<number> {
  if (agent !== undefined && !AGENTS.some((one) => one === agent))
    throw new Error(`There is no import from ${agent}; there is ${AGENTS.join(", ")}.`)
  const { paths, env, cwd } = findPlace()
  const steps: Step[] = []
  for (const name of agent === undefined ? AGENTS : [agent as AgentName]) {
    const found = readAgent(name, paths.home, env)
    if (found === null) continue
    for (const file of found.files) say(`Read ${file}`)
    for (const problem of found.problems) complain(problem)
    steps.push(...stepsOf(name, found, paths, cwd))
  }
  if (steps.length === 0) {
    say(agent === undefined ? "There is nothing to take over here." : `There is nothing of ${agent} here.`)
    return 0
  }
  for (const { line, work } of steps)
    say(work === null ? `  keeps ${line}, which is there already` : `  adds ${line}`)
  const work = steps.flatMap((step) => (step.work === null ? [] : [{ line: step.line, run: step.work }]))
  if (dryRun || work.length === 0) {
    say(dryRun ? "Nothing was changed (--dry-run)." : "Everything is there already.")
    return 0
  }
  if (!yes && !canAsk()) {
    complain("Nothing was changed: without a terminal say --yes, or look with --dry-run.")
    return 1
  }
  if (!yes && !(await createQuestions().confirm("Add this?"))) {
    say("Nothing was changed.")
    return 0
  }
  let failed = 0
  for (const { line, run } of work) {
    try {
      await run()
    } catch (error) {
      failed++
      complain(`${line}: ${messageOf(error)}`)
    }
  }
  say(`Added ${work.length - failed} of ${work.length}.`)
  return failed === 0 ? 0 : 1
}

function stepsOf(agent: AgentName, found: Found, paths: ConfigPaths, cwd: string): readonly Step[] {
  const state = openState(paths)
  const servers = Object.entries(found.servers).map(([name, entry]): Step => {
    const taken = state.read(["mcpServers", name]) !== undefined
    return {
      line: `MCP server ${name}, for all projects`,
      work: taken ? null : async () => void (await addServer({ cwd, paths }, "user", name, entry)),
    }
  })
  const commands = Object.entries(found.commands).map(([name, text]) =>
    fileStep(`command /${name}`, join(paths.configDir, "commands", `${name}.md`), text),
  )
  const instructions =
    found.instructions === ""
      ? []
      : [
          fileStep(
            `instructions for all projects (rules/from-${agent}.md)`,
            join(paths.configDir, "rules", `from-${agent}.md`),
            `${found.instructions}\n`,
          ),
        ]
  return [...servers, ...commands, ...instructions]
}

function fileStep(line: string, file: string, text: string): Step {
  if (existsSync(file)) return { line, work: null }
  return {
    line,
    work() {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      // Made meanwhile by somebody else: theirs stays.
      writeFileSync(file, text, { mode: 0o600, flag: "wx" })
    },
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
