import { contextText, fireHook } from "./fire-hook.ts"
import type { Run } from "./run.ts"

/** Tells Notification hooks; what they add is read with the next prompt. */
export async function notify(
  run: Run,
  type: string,
  message: string,
  signal: AbortSignal = run.signal,
): Promise<void> {
  const event = "Notification"
  const input = { message, notification_type: type }
  const { context } = await fireHook(run, event, input, { matcher: type, signal })
  for (const text of context ?? []) run.session.note(contextText(event, text))
}
