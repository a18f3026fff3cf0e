import { chooseApi, SIGN_IN_FROM_DEMO } from "./choose-api.ts"
import { chooseSession } from "./choose-session.ts"
import { openTerminal } from "./open-terminal.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { type Prepared, prepare } from "./prepare.ts"

/** The interactive program: takes the terminal, runs until the person leaves, gives it back. */
export async function startTerminal({ flags, prompt }: ParsedArgs): Promise<number> {
  const demo = async () => {
    const { startDemo } = await import("./start-demo.ts")
    return startDemo({ flags, signIn: SIGN_IN_FROM_DEMO, ...(prompt === undefined ? {} : { prompt }) })
  }
  let before = prepare(flags, false)
  const { askAboutCredentials } = await import("./ask-credential.ts")
  if (await askAboutCredentials({ ...before, bare: flags.bare === true })) before = prepare(flags, false)
  // A newcomer without any way to sign in is not asked about a folder that the demo will not touch.
  if (!before.trusted && !folderMayPay(before) && (await chooseApi(before)) === null) return demo()
  const { confirmStart } = await import("./confirm-start.ts")
  const confirmed = await confirmStart(before)
  if (confirmed === null) return 1
  const { prepared, lost } = confirmed
  const [payer, choice, { openScreen }, { runTui }] = await Promise.all([
    chooseApi(prepared),
    chooseSession(prepared),
    import("../tui/screen/open-screen.ts"),
    import("../tui/start.ts"),
  ])
  if (payer === null) return demo()
  return openTerminal({ prepared, payer, choice, prompt, openScreen, runTui, demo: false, lost })
}

/** Its settings name a credential, which would count once the folder is trusted. */
function folderMayPay({ config }: Prepared): boolean {
  return config.problems.some(
    ({ kind, key }) => kind === "untrusted" && /^(apiKeyHelper|env)\b/.test(key ?? ""),
  )
}
