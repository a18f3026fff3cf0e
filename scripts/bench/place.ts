/** A home and a trusted folder that nobody else uses, with the fake API as the only network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Place extends Disposable {
  readonly folder: string
  readonly env: Record<string, string>
}

export function makePlace(baseUrl = "http://127.0.0.1:9"): Place {
  const top = mkdtempSync(join(tmpdir(), "ccts-bench-"))
  const [home, folder, temporary] = ["home", "work", "tmp"].map((name) => join(top, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [home, folder, temporary]) mkdirSync(path)
  const key = "sk-ant-bench-key-0000000000000000"
  const state = {
    hasCompletedOnboarding: true,
    customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
    projects: { [folder]: { hasTrustDialogAccepted: true } },
  }
  writeFileSync(join(home, ".claude.json"), JSON.stringify(state))
  const env = {
    HOME: home,
    TMPDIR: temporary,
    PATH: process.env.PATH ?? "",
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_API_KEY: key,
  }
  return { folder, env, [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }) }
}
