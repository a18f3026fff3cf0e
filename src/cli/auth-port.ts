/** What `/login`, `/logout` and `/status` do, behind the terminal's port. A new credential is used from the next request on. */
import { hasAgreed, LOGIN_NOTICE, recordAgreement } from "../auth/agreement.ts"
import { methodRefusal } from "../auth/forced-login.ts"
import { hasStoredLogin, resolveCredential } from "../auth/resolve.ts"
import { signIn, signInClient, signOut } from "../auth/sign-in.ts"
import { authStatus, NO_CLIENT, statusLines } from "../auth/status.ts"
import { WORKING_WAYS } from "../auth/working-ways.ts"
import { keyApproval, openState, recordKeyApproval } from "../config/state.ts"
import type { AuthPort, LoginWay } from "../tui/ports.ts"
import type { Payer } from "./choose-api.ts"
import { openBrowser } from "./open-browser.ts"
import type { Prepared } from "./prepare.ts"

export function createAuthPort(prepared: Prepared, payer: Payer): AuthPort {
  const { env, paths, config, cwd, flags } = prepared
  const where = { paths, env, settings: config.settings }
  const options = () => ({
    ...where,
    cwd,
    agreed: hasAgreed(paths),
    // Read anew: answers change it.
    askedAbout: openState(paths),
    ...(flags.bare === true ? { bare: true } : {}),
  })
  const client = () => {
    try {
      return signInClient(where)
    } catch {
      return null
    }
  }
  /** Takes what now comes first; says what that is. */
  const renew = async (): Promise<string> => {
    if (payer.holder === undefined) return "A cloud provider pays for this session; it outranks this sign-in."
    const credential = await resolveCredential(options())
    payer.holder.replace(credential)
    return credential === null
      ? "No credential is left: the next request will fail."
      : `Used from now on: ${credential.source}`
  }
  return {
    advice: [WORKING_WAYS, ...(client() === null ? [NO_CLIENT] : [])],
    status: async () => statusLines(await authStatus(options())),
    async ways() {
      const ways: LoginWay[] = []
      const key = env.ANTHROPIC_API_KEY?.trim() ?? ""
      if (key !== "" && keyApproval(key, openState(paths)) === "rejected")
        ways.push({
          id: "api-key",
          label: "Use the API key of the environment",
          hint: `ends in ${key.slice(-4)}`,
        })
      if (client() !== null && methodRefusal(null, config.settings) === null)
        ways.push({ id: "browser", label: "Sign in with the browser", hint: "your own OAuth client" })
      if (!hasAgreed(paths) && (await hasStoredLogin(paths, env)))
        ways.push({
          id: "existing",
          label: "Use this machine's existing login",
          hint: "after a notice",
          notice: LOGIN_NOTICE,
        })
      return ways
    },
    async login(way, steps, signal) {
      switch (way) {
        case "api-key":
          await recordKeyApproval(env.ANTHROPIC_API_KEY?.trim() ?? "", "approved", paths)
          return renew()
        case "existing":
          await recordAgreement(paths)
          return renew()
        case "browser": {
          const found = client()
          if (found === null) throw new Error(NO_CLIENT)
          await signIn(where, found, {
            async onUrls({ local, paste }) {
              const opened = await openBrowser(local, env)
              const url = opened ? local : (paste ?? local)
              steps.onAddress({ url, opened, takesCode: paste !== null })
            },
            pasted: steps.pasted,
            onWrongPaste: steps.onWrongPaste,
            signal,
          })
          return renew()
        }
      }
    },
    async logout() {
      const { removed, revoked, withdrawn } = await signOut(where)
      const said = [
        removed === null
          ? null
          : `Removed the login of ccts${revoked ? "; the service has revoked it" : ""}.`,
        withdrawn ? "The agreement to use another program's login is taken back." : null,
      ].filter((part) => part !== null)
      if (said.length === 0) said.push("There was no login of ccts to remove.")
      return [...said, await renew()].join(" ")
    },
  }
}
