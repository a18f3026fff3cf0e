import { chooseApi, SIGN_IN } from "./choose-api.ts"
import { chooseSession } from "./choose-session.ts"
import { openTerminal } from "./open-terminal.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { prepare } from "./prepare.ts"

/** The interactive program: takes the terminal, runs until the person leaves, gives it back. */
export async function startTerminal({ flags, prompt }: ParsedArgs): Promise<number> {
  let prepared = prepare(flags, false)
  const { askAboutCredentials } = await import("./ask-credential.ts")
  if (await askAboutCredentials({ ...prepared, bare: flags.bare === true })) prepared = prepare(flags, false)
  const [payer, choice, { openScreen }, { runTui }] = await Promise.all([
    chooseApi(prepared),
    chooseSession(prepared),
    import("../tui/screen/open-screen.ts"),
    import("../tui/start.ts"),
  ])
  if (payer === null) {
    const { startDemo } = await import("./start-demo.ts")
    return startDemo({ flags, signIn: SIGN_IN, ...(prompt === undefined ? {} : { prompt }) })
  }
  return openTerminal({ prepared, payer, choice, prompt, openScreen, runTui, demo: false })
}
