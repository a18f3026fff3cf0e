/** Approval of a plan: the plan as it reads, and how to go on. */
import type { Answer } from "../../model/command.ts"
import type { PermissionMode } from "../../model/permission.ts"
import { markdownRows } from "../markdown/stream.ts"
import { cutRow, span } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Ask } from "../state.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"
import { createScrollBox } from "./scroll-box.ts"

/** `startOver`: carries the plan out in an empty conversation; offered where it is given. */
export function createPlanDialog(
  ask: Ask,
  answer: (answer: Answer) => void,
  startOver?: (plan: string) => void,
): Dialog {
  const plan = typeof ask.input.plan === "string" ? ask.input.plan : ""
  const fresh = startOver === undefined || plan.trim() === "" ? 0 : 1
  const choices = createChoices([
    ...(fresh === 1 ? [{ label: "Yes, clear the conversation and accept edits without asking" }] : []),
    { label: "Yes, and accept edits without asking" },
    { label: "Yes, and ask before each edit" },
    { label: "No, keep planning (esc)", field: { placeholder: "what to change in the plan" } },
  ])
  const scroll = createScrollBox()
  const approve = (mode: PermissionMode) =>
    answer({ verdict: "allow", updates: [{ type: "setMode", mode, destination: "session" }] })
  const reject = (message: string) =>
    answer(message === "" ? { verdict: "deny", interrupt: true } : { verdict: "deny", message })
  return {
    guarded: true,
    key(key) {
      if (scroll.key(key)) return
      if (key.name === "escape" || (key.ctrl && key.name === "c")) return reject("")
      const chosen = choices.key(key)
      if (chosen === null) return
      if (chosen.index < fresh) {
        answer({ verdict: "deny", interrupt: true })
        return startOver?.(plan)
      }
      if (chosen.index === 2 + fresh) return reject(chosen.text.trim())
      approve(chosen.index === fresh ? "acceptEdits" : "default")
    },
    paste: (text) => choices.paste(text),
    view({ columns, rows: limit }) {
      const options = choices.view(columns)
      const head: Row[] = [
        [span("─".repeat(columns), { fg: "plan" })],
        [span(" Ready to code? Here is the plan:", { bold: true, fg: "plan" })],
        [],
      ]
      const body = scroll.view(
        plan.trim() === ""
          ? [[span(" The plan is empty.", { fg: "muted" })]]
          : markdownRows(plan, columns - 2).map((row): Row => [span(" "), ...row]),
        Math.max(3, limit - head.length - options.rows.length - 2),
      )
      const above: Row[] = [...head, ...body, [], [span(" Go on with it?", { bold: true })]]
      const cursor =
        options.cursor === null ? null : { ...options.cursor, row: options.cursor.row + above.length }
      return { rows: [...above, ...options.rows].map((row) => cutRow(row, columns)), cursor }
    },
  }
}
