import { DEMO_LABEL, enterDemo } from "./demo-place.ts"
import type { Flags } from "./flags.ts"
import { openTerminal } from "./open-terminal.ts"
import { prepare } from "./prepare.ts"

/** The embedded demo in the terminal: a scripted model; the engine, the tools and the screen are the real ones. */
export async function startDemo(options: {
  readonly flags: Flags
  readonly prompt?: string
  /** One line on how to sign in, when the demo opened because nobody is. */
  readonly signIn?: string
}): Promise<number> {
  const demo = enterDemo(options.signIn ?? DEMO_LABEL)
  try {
    const [{ openScreen }, { runTui }] = await Promise.all([
      import("../tui/screen/open-screen.ts"),
      import("../tui/start.ts"),
    ])
    return await openTerminal({
      prepared: prepare(options.flags, false, true),
      payer: demo.payer,
      choice: { kind: "new", id: crypto.randomUUID() },
      prompt: options.prompt,
      demo: true,
      openScreen,
      runTui,
    })
  } finally {
    demo.leave()
  }
}
