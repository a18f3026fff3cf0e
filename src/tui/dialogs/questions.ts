/** The model's questions to the person: a tab for each, options, several choices where allowed, and free text. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Answer } from "../../model/command.ts"
import { cutRow, span, wrapRow, wrapWithPrefix } from "../rows.ts"
import type { Key, Position, Row } from "../screen/port.ts"
import type { Ask } from "../state.ts"
import type { Dialog } from "./dialog.ts"
import { createField, type Field } from "./field.ts"

interface Question {
  readonly question: string
  readonly header: string
  readonly options: readonly { readonly label: string; readonly description: string }[]
  readonly multiSelect: boolean
}

interface Tab {
  readonly question: Question
  selected: number
  readonly picked: Set<number>
  readonly other: Field
}

export function createQuestionsDialog(ask: Ask, answer: (answer: Answer) => void): Dialog {
  const tabs = questionsOf(ask.input).map(
    (question): Tab => ({ question, selected: 0, picked: new Set(), other: createField() }),
  )
  let at = 0

  const answers = () => Object.fromEntries(tabs.map((tab) => [tab.question.question, answerOf(tab)]))
  const next = () => {
    if (at + 1 < tabs.length) at += 1
    else answer({ verdict: "allow", input: { ...ask.input, answers: answers() } })
  }
  const choose = (tab: Tab, index: number) => {
    tab.selected = index
    const isOther = index === tab.question.options.length
    if (tab.question.multiSelect) {
      if (isOther) return
      if (tab.picked.has(index)) tab.picked.delete(index)
      else tab.picked.add(index)
      return
    }
    tab.picked.clear()
    if (isOther) return
    tab.picked.add(index)
    next()
  }
  const enter = (tab: Tab) => {
    const isOther = tab.selected === tab.question.options.length
    if (isOther && tab.other.text.trim() === "" && tab.picked.size === 0) return
    if (!tab.question.multiSelect && !isOther) return choose(tab, tab.selected)
    if (!tab.question.multiSelect) tab.picked.clear()
    if (tab.question.multiSelect && tab.picked.size === 0 && !isOther) tab.picked.add(tab.selected)
    next()
  }
  const key = (key: Key) => {
    const tab = tabs[at]
    if (key.name === "escape" || (key.ctrl && key.name === "c") || tab === undefined)
      return answer({ verdict: "deny", interrupt: true })
    const count = tab.question.options.length + 1
    const onOther = tab.selected === count - 1
    if (key.name === "up") tab.selected = (tab.selected + count - 1) % count
    else if (key.name === "down") tab.selected = (tab.selected + 1) % count
    else if (key.name === "tab") at = (at + (key.shift ? tabs.length - 1 : 1)) % tabs.length
    else if (key.name === "return") enter(tab)
    else if (onOther) tab.other.key(key)
    else if (key.name === "right" || key.name === "left")
      at = (at + (key.name === "right" ? 1 : tabs.length - 1)) % tabs.length
    else if (key.name === "space" || key.text === " ") choose(tab, tab.selected)
    else if (/^[1-9]$/.test(key.text) && Number(key.text) <= count) choose(tab, Number(key.text) - 1)
    else if (key.text.trim() !== "" && !key.ctrl && !key.alt) {
      tab.selected = count - 1
      tab.other.key(key)
    }
  }
  return {
    guarded: true,
    key,
    paste(text) {
      const tab = tabs[at]
      if (tab === undefined) return
      tab.selected = tab.question.options.length
      tab.other.paste(text)
    },
    view({ columns, rows: limit }) {
      const tab = tabs[at]
      const rows: Row[] = [[span("─".repeat(columns), { fg: "accent" })]]
      if (tab === undefined)
        return { rows: [...rows, [span("No question was asked; esc leaves.")]], cursor: null }
      if (tabs.length > 1) rows.push(tabRow(tabs, at, columns))
      rows.push(...wrapRow([span(sanitiseLine(tab.question.question), { bold: true })], columns), [])
      const options = optionRows(tab, columns)
      const cursor =
        options.cursor === null ? null : { ...options.cursor, row: options.cursor.row + rows.length }
      rows.push(...options.rows, [])
      const keys = tab.question.multiSelect ? "space picks · enter goes on" : "enter picks"
      rows.push(cutRow([span(` ${keys} · tab next question · esc declines`, { fg: "muted" })], columns))
      return rows.length <= limit ? { rows, cursor } : { rows: rows.slice(0, limit), cursor }
    },
  }
}

function tabRow(tabs: readonly Tab[], at: number, columns: number): Row {
  const row = tabs.flatMap((tab, index) => {
    const done = answerOf(tab) === "" ? "☐" : "☒"
    return [
      span(
        ` ${done} ${sanitiseLine(tab.question.header)} `,
        index === at ? { inverse: true } : { fg: "muted" },
      ),
      span(" "),
    ]
  })
  return cutRow(row, columns)
}

function optionRows(tab: Tab, columns: number): { rows: Row[]; cursor: Position | null } {
  const rows: Row[] = []
  let cursor: Position | null = null
  const { options, multiSelect } = tab.question
  const mark = (index: number) => (multiSelect ? (tab.picked.has(index) ? "☒ " : "☐ ") : "")
  for (const [index, option] of options.entries()) {
    const chosen = index === tab.selected
    const first = `${chosen ? "❯ " : "  "}${index + 1}. ${mark(index)}`
    const style = chosen ? ({ fg: "accent", bold: true } as const) : {}
    rows.push(cutRow([span(first, style), span(sanitiseLine(option.label), style)], columns))
    if (option.description !== "")
      rows.push(
        ...wrapWithPrefix(
          [span("     ")],
          [span("     ")],
          [span(sanitiseLine(option.description), { fg: "muted" })],
          columns,
        ),
      )
  }
  const onOther = tab.selected === options.length
  const head = `${onOther ? "❯ " : "  "}${options.length + 1}. Other: `
  const field = tab.other.view(columns - head.length - 1)
  const text = field.text === "" ? span("type your own answer", { fg: "muted" }) : span(field.text)
  if (onOther) cursor = { row: rows.length, column: head.length + field.caret }
  rows.push(cutRow([span(head, onOther ? { fg: "accent", bold: true } : {}), text], columns))
  return { rows, cursor }
}

function answerOf(tab: Tab): string {
  const labels = [...tab.picked]
    .sort((a, b) => a - b)
    .map((index) => tab.question.options[index]?.label ?? "")
  const other = tab.other.text.trim()
  const takesOther = other !== "" && (tab.question.multiSelect || tab.picked.size === 0)
  return (takesOther ? [...labels, other] : labels).join(", ")
}

function questionsOf(input: Readonly<Record<string, unknown>>): readonly Question[] {
  if (!Array.isArray(input.questions)) return []
  return input.questions.flatMap((raw: unknown): Question[] => {
    if (typeof raw !== "object" || raw === null || !("question" in raw)) return []
    const options: unknown = "options" in raw ? raw.options : []
    return [
      {
        question: String(raw.question),
        header: "header" in raw ? String(raw.header) : "",
        multiSelect: "multiSelect" in raw && raw.multiSelect === true,
        options: Array.isArray(options) ? options.flatMap(optionOf) : [],
      },
    ]
  })
}

function optionOf(raw: unknown): { label: string; description: string }[] {
  if (typeof raw !== "object" || raw === null || !("label" in raw)) return []
  return [{ label: String(raw.label), description: "description" in raw ? String(raw.description) : "" }]
}
