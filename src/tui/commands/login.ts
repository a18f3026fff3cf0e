import { createConfirm } from "../dialogs/confirm.ts"
import { createPicker } from "../dialogs/picker.ts"
import type { AuthPort, LoginSteps, LoginWay } from "../ports.ts"
import { showSignIn } from "./browser-sign-in.ts"
import type { CommandContext, SlashCommand } from "./command.ts"

export const login: SlashCommand = {
  name: "login",
  aliases: [],
  description: "Sign in, or change how requests are paid for",
  run(context) {
    const { auth } = context.ports
    if (auth === null)
      return context.notice("info", "The demo needs no sign-in. Leave it with /exit, then: ccts auth login")
    void choose(context, auth)
  },
}

async function choose(context: CommandContext, auth: AuthPort): Promise<void> {
  const { notice, open, close, changed } = context
  const ways = await auth.ways().catch(() => [])
  if (ways.length === 0) {
    notice("info", auth.advice.join("\n"))
    return changed()
  }
  open(
    createPicker({
      title: "Sign in",
      load: async () => ways.map((way) => ({ label: way.label, hint: way.hint, value: way })),
      pick: (way) =>
        way.notice === undefined ? begin(context, auth, way) : agree(context, auth, way, way.notice),
      cancel: close,
      changed,
    }),
  )
  changed()
}

function agree(context: CommandContext, auth: AuthPort, way: LoginWay, text: string): void {
  const { open, close, changed } = context
  open(
    createConfirm({
      title: way.label,
      text,
      choices: ["No", "Yes, use it anyway"],
      pick: (index) => (index === 1 ? begin(context, auth, way) : close()),
      cancel: close,
    }),
  )
  changed()
}

function begin(context: CommandContext, auth: AuthPort, way: LoginWay): void {
  const { engine, close, changed, notice } = context
  const advise = () => notice("info", auth.advice.join("\n"))
  const done = (text: string) => engine.send({ type: "signed-in", text })
  if (way.id === "browser") {
    showSignIn(context, (steps, signal) => auth.login(way.id, steps, signal), { done, failed: advise })
    return
  }
  close()
  auth
    .login(way.id, NO_STEPS, new AbortController().signal)
    .then(
      (text) => {
        notice("success", text)
        done(text)
      },
      (error: unknown) => {
        notice("error", error instanceof Error ? error.message : String(error))
        advise()
      },
    )
    .finally(changed)
}

/** Of a way that needs no browser. */
const NO_STEPS: LoginSteps = {
  onAddress: () => undefined,
  pasted: (async function* () {})(),
  onWrongPaste: () => undefined,
}
