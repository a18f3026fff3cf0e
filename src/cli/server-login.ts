/** Signing in to MCP servers from the shell and the screen, by the name they are configured under. */
import { serverRecords } from "../auth/server-records.ts"
import type { SignInServer } from "../auth/server-sign-in.ts"
import { type ServerTokens, serverTokens } from "../auth/server-tokens.ts"
import { configPaths } from "../config/paths.ts"
import {
  isSigned,
  type RemoteConfig,
  type ServerConfig,
  type ServerEntry,
} from "../extend/mcp/server-config.ts"
import { openBrowser } from "./open-browser.ts"
import type { Prepared } from "./prepare.ts"
import { canAsk, createQuestions } from "./questions.ts"
import { isRemote } from "./sign-in-server.ts"

type Place = Pick<Prepared, "paths" | "env">

/** What signs the requests of a server; null for those that nobody signs in to. */
export function authOf({ name, config }: ServerEntry, place: Place): ServerTokens | null {
  return isRemote(config) ? serverTokens(signInServer(name, config), place) : null
}

function signInServer(name: string, { url, headers, oauth }: RemoteConfig): SignInServer {
  return { name, url, headers, oauth }
}

/** Throws one line when the entry is none that one can sign in to. */
export function signInTarget({ name, config, held }: ServerEntry): SignInServer {
  if (!isRemote(config)) throw new Error(`MCP server ${name} is no http or sse server; there is no sign-in.`)
  if (isSigned(config.headers))
    throw new Error(
      `MCP server ${name} has an Authorization header in its entry, which is used instead of a sign-in.`,
    )
  if (held === "pending")
    throw new Error(`MCP server ${name} waits for your approval; run ccts to approve it.`)
  if (held === "rejected") throw new Error(`MCP server ${name} is rejected.`)
  return signInServer(name, config)
}

/** The exit code; a refusal is thrown as one line. */
export async function signInFromShell(
  target: SignInServer,
  { paths, env }: Place,
  { browser }: { readonly browser: boolean },
): Promise<number> {
  const { signInToServer } = await import("../auth/server-sign-in.ts")
  const cancel = new AbortController()
  const onInterrupt = () => cancel.abort(new Error("The sign-in was cancelled."))
  process.once("SIGINT", onInterrupt)
  const done = new AbortController()
  try {
    await signInToServer(target, {
      paths,
      env,
      onUrl: (url) => void show(url, browser, env),
      ...(canAsk() ? { pasted: createQuestions().lines(done.signal) } : {}),
      onWrongPaste: say,
      signal: cancel.signal,
    })
  } finally {
    done.abort()
    process.off("SIGINT", onInterrupt)
  }
  say(`Signed in to ${target.name}.`)
  return 0
}

async function show(url: string, browser: boolean, env: Place["env"]): Promise<void> {
  const opened = browser && (await openBrowser(url, env))
  say(opened ? "A browser was opened. If it was not, open this address:" : "Open this address in a browser:")
  say(`\n  ${url}\n`)
  if (canAsk())
    say(
      "If the browser runs on another machine, paste the address it ends at here and press Enter. Ctrl+C cancels.",
    )
}

/** The secret of a configured client, apart from the entry. */
export async function keepClientSecret(name: string, config: ServerConfig, secret: string): Promise<void> {
  if (!isRemote(config)) return
  await serverRecords(configPaths(process.env), process.env).write(
    { name, url: config.url },
    { clientSecret: secret },
  )
}

/** Everything that was kept for a server of this name. */
export async function forgetServer(name: string): Promise<void> {
  const records = serverRecords(configPaths(process.env), process.env)
  await records.forget(name)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
