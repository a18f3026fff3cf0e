/** A question before anything starts: what it is about, what follows from it, yes or no. Escape answers neither. */
import { cutRow, span, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Role, Row } from "../screen/port.ts"
import { reveal } from "./action.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"
import { createScrollBox } from "./scroll-box.ts"

export interface StartQuestion {
  readonly title: string
  /** Shown by itself, every character of it. */
  readonly subject?: string
  readonly paragraphs: readonly string[]
  readonly groups: readonly {
    readonly heading: string
    readonly items: readonly { readonly name: string; readonly value: string }[]
  }[]
  readonly yes: string
  readonly no: string
  readonly colour: Role
  /** Which choice is selected at first. */
  readonly first: "yes" | "no"
}

/** `left`: the person wants to decide nothing now. */
export type StartAnswer = "yes" | "no" | "left"

const MIN_BODY_ROWS = 3

export function createStartDialog(question: StartQuestion, answer: (answer: StartAnswer) => void): Dialog {
  const yesFirst = question.first === "yes"
  const labels = yesFirst ? [question.yes, question.no] : [question.no, question.yes]
  const choices = createChoices(labels.map((label) => ({ label })))
  const scroll = createScrollBox()
  return {
    guarded: true,
    key(key) {
      if (scroll.key(key)) return
      if (key.name === "escape" || (key.ctrl && (key.name === "c" || key.name === "d"))) return answer("left")
      const chosen = choices.key(key)
      if (chosen !== null) answer((chosen.index === 0) === yesFirst ? "yes" : "no")
    },
    view({ columns, rows: limit }) {
      const options = choices.view(columns)
      const head: Row[] = [
        [span("─".repeat(columns), { fg: question.colour })],
        ...wrapRow([span(reveal(question.title), { bold: true, fg: question.colour })], columns - 1).map(pad),
        ...(question.subject === undefined
          ? []
          : wrapRow([span(reveal(question.subject))], columns - 3).map((row): Row => [span("   "), ...row])),
        [],
      ]
      const body = scroll.view(
        bodyRows(question, columns),
        Math.max(MIN_BODY_ROWS, limit - head.length - options.rows.length - 2),
      )
      const rows = [...head, ...body, [], ...options.rows]
      return { rows: rows.map((row) => cutRow(row, columns)), cursor: null }
    },
  }
}

function bodyRows({ paragraphs, groups }: StartQuestion, columns: number): Row[] {
  const rows: Row[] = paragraphs.flatMap((text) => [
    ...wrapRow([span(reveal(text))], columns - 2).map(pad),
    [],
  ])
  for (const { heading, items } of groups) {
    rows.push(...wrapRow([span(reveal(heading), { bold: true })], columns - 2).map(pad))
    for (const { name, value } of items) {
      const text =
        value === ""
          ? [span(reveal(name))]
          : [span(`${reveal(name)}: `, { fg: "muted" }), span(reveal(value))]
      rows.push(...wrapWithPrefix([span("   · ")], [span("     ")], text, columns - 1))
    }
    rows.push([])
  }
  return rows
}

function pad(row: Row): Row {
  return [span(" "), ...row]
}
