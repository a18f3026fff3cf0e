/** The one-time notice about an existing subscription login, and the record that the person agreed to go on. */
import { existsSync } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import type { ConfigPaths } from "../config/paths.ts"
import { replaceFile } from "../lib/replace-file.ts"

export const LOGIN_NOTICE = [
  "A Claude login of another program was found on this machine.",
  "Anthropic's published terms reserve signing in with a Claude subscription to its own programs, and it may enforce that without notice. ccts is not one of them. An API key, a helper, a gateway or a cloud provider is the supported way.",
  "Use this login with ccts anyway?",
].join("\n")

export function hasAgreed(paths: Pick<ConfigPaths, "ownDir">): boolean {
  return existsSync(join(paths.ownDir, "login-agreement.json"))
}

export async function recordAgreement(
  paths: Pick<ConfigPaths, "ownDir">,
  now: Date = new Date(),
): Promise<void> {
  await mkdir(paths.ownDir, { recursive: true, mode: 0o700 })
  const record = { agreed: now.toISOString(), notice: LOGIN_NOTICE }
  await replaceFile(join(paths.ownDir, "login-agreement.json"), `${JSON.stringify(record)}\n`, {
    mode: 0o600,
  })
}

/** @returns whether there was one. */
export async function withdrawAgreement(paths: Pick<ConfigPaths, "ownDir">): Promise<boolean> {
  const had = hasAgreed(paths)
  await rm(join(paths.ownDir, "login-agreement.json"), { force: true })
  return had
}
