/**
 * What is asked once before the first screen: whether to use an API key found in the environment, and whether to use another
 * program's login. The answers are remembered; without a terminal nothing is asked.
 */

import { readFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { hasAgreed, LOGIN_NOTICE, recordAgreement } from "../auth/agreement.ts"
import { lookFor, type ResolveOptions, waysOf } from "../auth/ways.ts"
import { isObject } from "../config/key-type.ts"
import { chooseProvider } from "../config/provider.ts"
import { keyApproval, recordKeyApproval } from "../config/state.ts"
import { replaceFile } from "../lib/replace-file.ts"
import type { Prepared } from "./prepare.ts"
import { canAsk, createQuestions, type Questions } from "./questions.ts"
import { say as sayAloud } from "./say.ts"

/** @returns true when an answer changed what the state says, so that it must be read again. */
export async function askAboutCredentials(
  prepared: Pick<Prepared, "env" | "paths" | "config" | "cwd" | "state"> & { readonly bare?: boolean },
  questions: Questions | null = canAsk() ? createQuestions() : null,
  say: (text: string) => void = sayAloud,
): Promise<boolean> {
  if (questions === null) return false
  const { env, paths, config, cwd } = prepared
  try {
    if (chooseProvider(env).variable !== null) return false
  } catch {
    return false
  }
  const agreed = hasAgreed(paths)
  const options: ResolveOptions = {
    env,
    paths,
    settings: config.settings,
    cwd,
    agreed,
    askedAbout: prepared.state,
    ...(prepared.bare ? { bare: true } : {}),
  }
  for (const way of waysOf(options)) {
    const isForeign = way === "existing-login" || way === "managed-key"
    // Answered before: not even looked at.
    if (isForeign && (agreed || wasDeclined(paths.ownDir))) return false
    const found = await lookFor(way, options)
    if (found === null) continue
    if (way === "api-key") {
      const key = env.ANTHROPIC_API_KEY?.trim() ?? ""
      const answer = keyApproval(key, prepared.state)
      if (answer === "approved") return false
      if (answer === "rejected") continue
      say(`An API key was found in the environment (ANTHROPIC_API_KEY, ends in ${key.slice(-4)}).`)
      const yes = await questions.confirm("Use this key?")
      await keep(
        recordKeyApproval(key, yes ? "approved" : "rejected", paths),
        "it counts until you leave",
        say,
      )
      if (yes) return true
      say("It is left alone; /login takes it after all.")
      continue
    }
    if (!isForeign) return false
    const [question = "", ...notice] = LOGIN_NOTICE.split("\n").toReversed()
    say(notice.toReversed().join("\n"))
    const yes = await questions.confirm(question)
    const recorded = yes ? recordAgreement(paths) : recordDecline(paths.ownDir)
    await keep(recorded, "the login is left alone", say)
    return true
  }
  return false
}

/** A home that cannot be written to is no reason not to start. */
async function keep(recorded: Promise<void>, instead: string, say: (text: string) => void): Promise<void> {
  try {
    await recorded
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say(`Your answer could not be kept (${reason}); ${instead}.`)
  }
}

/** The notice is shown once; `ccts auth login` and /login ask again when they are asked to. */
function wasDeclined(ownDir: string): boolean {
  try {
    const record: unknown = JSON.parse(readFileSync(declineFile(ownDir), "utf8"))
    return isObject(record) && typeof record.declined === "string"
  } catch {
    return false
  }
}

async function recordDecline(ownDir: string): Promise<void> {
  const file = declineFile(ownDir)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await replaceFile(file, `${JSON.stringify({ declined: new Date().toISOString() })}\n`, { mode: 0o600 })
}

function declineFile(ownDir: string): string {
  return join(ownDir, "login-declined.json")
}
