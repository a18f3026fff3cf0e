import { createSignIn } from "../dialogs/sign-in.ts"
import type { LoginSteps } from "../ports.ts"
import type { CommandContext } from "./command.ts"

/** Shows a sign-in in the browser while `work` does it; its line is said at the end, or why not. */
export function showSignIn(
  { open, close, changed, notice, screen }: CommandContext,
  work: (steps: LoginSteps, signal: AbortSignal) => Promise<string>,
  after: { done?(text: string): void; failed?(): void } = {},
): void {
  const cancel = new AbortController()
  const signIn = createSignIn({
    copy: (text) => screen.copy(text),
    cancel: () => cancel.abort(new Error("The sign-in was cancelled.")),
    changed,
  })
  open(signIn.dialog)
  work({ onAddress: signIn.address, pasted: signIn.pasted, onWrongPaste: signIn.problem }, cancel.signal)
    .then(
      (text) => {
        notice("success", text)
        after.done?.(text)
      },
      (error: unknown) => {
        notice("error", error instanceof Error ? error.message : String(error))
        if (!cancel.signal.aborted) after.failed?.()
      },
    )
    .finally(() => {
      signIn.end()
      close()
      changed()
    })
  changed()
}
