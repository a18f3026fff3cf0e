import { readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { readAgents } from "../extend/agents/read-agents.ts"
import type { AgentKind } from "../model/agent.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

const MAX_FILE_BYTES = 2 * 1024 * 1024

/** `--agents`: JSON, or without a screen also a file with it. Throws `StartError` naming what is wrong. */
export function readAgentFlag(value: string, { cwd, headless }: Prepared): readonly AgentKind[] {
  const text = value.trimStart().startsWith("{") ? value : headless ? readText(resolve(cwd, value)) : null
  if (text === null)
    throw new StartError('--agents: must be JSON, e.g. \'{"reviewer": {"description": …, "prompt": …}}\'.')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new StartError(`--agents: is not valid JSON: ${(error as Error).message}`)
  }
  const { kinds, problems } = readAgents(json, "host")
  if (problems.length > 0) throw new StartError(`--agents: ${problems.join("; ")}`)
  return kinds
}

function readText(file: string): string {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined) throw new StartError(`--agents: no such file: ${file}`)
  if (!info.isFile() || info.size > MAX_FILE_BYTES)
    throw new StartError(`--agents: ${file} is not a regular file of at most 2 MiB`)
  return readFileSync(file, "utf8")
}
