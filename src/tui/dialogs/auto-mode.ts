/** Asked once before auto mode is entered. */
import { createConfirm } from "./confirm.ts"
import type { Dialog } from "./dialog.ts"

export const AUTO_WORDS: readonly string[] = [
  "In auto mode edits in the working directories run without a question, and a small model looks at every command and every call that would ask: it lets it run, refuses it, or leaves it to you. It can be wrong, and what it reads (a web page, a file, a tool's answer) can be made to deceive it. Each look is a request that costs a little.",
  "Deny rules still hold, ask rules still ask, and protected files, removing what matters, and leaving the sandbox still ask. ccts auto-mode config shows what the model goes by.",
]

export function createAutoConfirm(done: (yes: boolean) => void): Dialog {
  return createConfirm({
    title: "Let a model decide what runs without asking you?",
    text: AUTO_WORDS.join("\n\n"),
    choices: ["No, stay in the present mode", "Yes, use auto mode"],
    pick: (index) => done(index === 1),
    cancel: () => done(false),
  })
}
