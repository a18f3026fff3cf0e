/** `ccts auth login` and `logout` from the shell. */
import { hasAgreed, LOGIN_NOTICE, recordAgreement } from "../auth/agreement.ts"
import { methodRefusal } from "../auth/forced-login.ts"
import type { LoginOptions } from "../auth/oauth.ts"
import { hasStoredLogin } from "../auth/resolve.ts"
import { signIn, signInClient, signInWithRefreshToken, signOut } from "../auth/sign-in.ts"
import { authStatus, NO_CLIENT, statusJson } from "../auth/status.ts"
import { WORKING_WAYS } from "../auth/working-ways.ts"
import { resolveOptionsOf } from "./auth-status.ts"
import { openBrowser } from "./open-browser.ts"
import { findPlace, type Place } from "./place.ts"
import { canAsk, createQuestions } from "./questions.ts"
import { say } from "./say.ts"

export interface ShellLogin {
  readonly existing: boolean
  readonly method: "claudeai" | "console" | null
  readonly browser: boolean
  /** What came of it goes to stdout as JSON; what is said on the way stays on stderr. */
  readonly asJson?: boolean
  /** Further parameters of the authorize address. */
  readonly hints: Readonly<Record<string, string>>
}

/** The exit code; a refusal is thrown as one line, with `asJson` it is the result. */
export async function signInFromShell(options: ShellLogin): Promise<number> {
  if (options.asJson !== true) return signInHere(options)
  let problem: string | null = null
  const code = await signInHere(options).catch((error: unknown) => {
    problem = error instanceof Error ? error.message : String(error)
    return 1
  })
  const status = await authStatus(resolveOptionsOf(findPlace()))
  const { loggedIn, authMethod, source } = statusJson(status)
  const result = {
    ok: code === 0,
    ...(problem === null ? {} : { error: problem }),
    loggedIn,
    authMethod,
    source,
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  return code
}

async function signInHere(options: ShellLogin): Promise<number> {
  const place = findPlace()
  const { paths, env, config } = place
  const where = { paths, env, settings: config.settings }
  const refusal = methodRefusal(options.method, config.settings)
  if (refusal !== null) {
    say(refusal)
    return 1
  }
  const client = signInClient(where)
  if (!options.existing && client !== null) {
    if (env.CLAUDE_CODE_OAUTH_REFRESH_TOKEN) await signInWithRefreshToken(where, client)
    else await signInWithBrowser(place, options)
    say("Signed in. `ccts auth status --text` says what is used.")
    return 0
  }
  if (await hasStoredLogin(paths, env)) return agree(place, options.existing)
  say(options.existing ? "No login of another program was found on this machine." : NO_CLIENT)
  say(WORKING_WAYS)
  return 1
}

async function agree({ paths }: Place, flag: boolean): Promise<number> {
  if (hasAgreed(paths)) {
    say("You have agreed to use this machine's existing login; it is used when nothing above it is there.")
    return 0
  }
  const [question = "", ...notice] = LOGIN_NOTICE.split("\n").toReversed()
  say(notice.toReversed().join("\n"))
  if (!flag && !canAsk()) {
    say("To agree without a terminal: ccts auth login --existing")
    return 1
  }
  // The flag is the agreement; the notice above is what was agreed to.
  if (!flag && !(await createQuestions().confirm(question))) {
    say(`Nothing was changed. ${WORKING_WAYS}`)
    return 1
  }
  await recordAgreement(paths)
  say("Agreed; `ccts auth logout` takes it back.")
  return 0
}

async function signInWithBrowser(place: Place, { hints, browser }: ShellLogin): Promise<void> {
  const where = { paths: place.paths, env: place.env, settings: place.config.settings }
  const client = signInClient(where)
  if (client === null) return
  await atTheBrowser(place, browser, (steps) => signIn(where, client, { hints, ...steps }))
}

type BrowserSteps = Pick<LoginOptions, "onUrls" | "pasted" | "onWrongPaste" | "signal">

/** Shows or opens the address, takes what is pasted, and ends with Ctrl+C. */
async function atTheBrowser<T>(
  { env }: Place,
  browser: boolean,
  work: (steps: BrowserSteps) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController()
  const onInterrupt = () => cancel.abort(new Error("The sign-in was cancelled."))
  process.once("SIGINT", onInterrupt)
  const done = new AbortController()
  try {
    return await work({
      async onUrls({ local, paste }) {
        const opened = browser && (await openBrowser(local, env))
        const shown = opened ? local : (paste ?? local)
        say(
          opened
            ? "A browser was opened. If it was not, open this address:"
            : "Open this address in a browser:",
        )
        say(`\n  ${shown}\n`)
        if (paste !== null) say("If the page shows a code, paste it here and press Enter. Ctrl+C cancels.")
      },
      ...(process.stdin.isTTY === true ? { pasted: createQuestions().lines(done.signal) } : {}),
      onWrongPaste: say,
      signal: cancel.signal,
    })
  } finally {
    done.abort()
    process.off("SIGINT", onInterrupt)
  }
}

/** What a token of `setup-token` may do (spec/auth-and-storage.md section 3). */
const TOKEN_SCOPES = ["user:inference"]

/** Signs in once more, prints the token and keeps nothing. The exit code; a refusal is thrown as one line. */
export async function setupToken({ browser }: { readonly browser: boolean }): Promise<number> {
  const place = findPlace()
  const client = signInClient({ paths: place.paths, env: place.env, settings: place.config.settings })
  if (client === null) {
    say(NO_CLIENT)
    return 1
  }
  const { login } = await import("../auth/oauth.ts")
  const tokens = await atTheBrowser(place, browser, (steps) =>
    login({ client: { ...client, scopes: TOKEN_SCOPES }, ...steps }),
  )
  say("Keep this token; it is stored nowhere. It is used from CLAUDE_CODE_OAUTH_TOKEN:")
  process.stdout.write(`${tokens.accessToken.reveal()}\n`)
  return 0
}

export async function signOutFromShell({ asJson }: { readonly asJson: boolean }): Promise<number> {
  const { paths, env, config } = findPlace()
  const { removed, revoked, withdrawn } = await signOut({ paths, env, settings: config.settings })
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ removed, revoked, withdrawn }, null, 2)}\n`)
    return 0
  }
  if (removed !== null)
    say(`Removed the login of ccts (${removed})${revoked ? "; the service has revoked it" : ""}.`)
  if (withdrawn)
    say("The agreement to use another program's login is taken back; that program stays signed in.")
  if (removed === null && !withdrawn) say("There was no login of ccts to remove.")
  return 0
}
