/** May this call run? Shows what it would do, why it is asked, and what "always" would mean. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth } from "../../lib/width.ts"
import type { Answer } from "../../model/command.ts"
import type { Offer, RuleDestination } from "../../model/permission.ts"
import { cutRow, span, wrapRow } from "../rows.ts"
import type { Row } from "../screen/port.ts"
import type { Ask } from "../state.ts"
import { actionRows, reveal } from "./action.ts"
import { createChoices } from "./choices.ts"
import type { Dialog } from "./dialog.ts"
import { isMovable, keptIn, nextPlace, placeHint } from "./offer-place.ts"
import { createScrollBox } from "./scroll-box.ts"

const MIN_BODY_ROWS = 3
/** The choices take no more of the screen than this, where offers can be said elsewhere. */
const MAX_CHOICES = 0.6
const QUESTION = "Do you want to proceed?"

export function createPermissionDialog(ask: Ask, answer: (answer: Answer) => void): Dialog {
  const offers = ask.decision.offers
  let place: RuleDestination = "localSettings"
  /** What the offers would change stands in the part that scrolls: there is no room for it beside the choices. */
  let brief = false
  const changeOf = (offer: Offer) => keptIn(offer, place).label
  const choices = createChoices([
    { label: "Yes" },
    ...offers.map((offer, index) => ({
      get label() {
        return `Yes, and don't ask again${brief ? ` (see ${index + 2} above)` : ` for ${changeOf(offer)}`}`
      },
    })),
    { label: "No, and tell ccts what to do differently (esc)", field: { placeholder: "what to do instead" } },
  ])
  const scroll = createScrollBox()
  const withHint = (view: ReturnType<typeof choices.view>, columns: number) =>
    isMovable(offers[choices.selected - 1])
      ? {
          ...view,
          rows: [...view.rows, cutRow([span(`     ${placeHint(place)}`, { fg: "muted" })], columns)],
        }
      : view
  return {
    guarded: true,
    key(key) {
      if (scroll.key(key)) return
      if (key.name === "escape" || (key.ctrl && key.name === "c"))
        return answer({ verdict: "deny", interrupt: true })
      if (key.name === "tab" && isMovable(offers[choices.selected - 1])) {
        place = nextPlace(place, key.shift ? -1 : 1)
        return
      }
      const chosen = choices.key(key)
      if (chosen === null) return
      if (chosen.index === 0) return answer({ verdict: "allow" })
      const offer = offers[chosen.index - 1]
      if (offer !== undefined) return answer({ verdict: "allow", updates: keptIn(offer, place).updates })
      const message = chosen.text.trim()
      answer(message === "" ? { verdict: "deny", interrupt: true } : { verdict: "deny", message })
    },
    paste: (text) => choices.paste(text),
    view({ columns, rows: limit }) {
      brief = false
      let options = withHint(choices.view(columns), columns)
      if (offers.length > 0 && options.rows.length > limit * MAX_CHOICES) {
        brief = true
        const shorter = withHint(choices.view(columns), columns)
        brief = shorter.rows.length < options.rows.length
        if (brief) options = shorter
      }
      const described = descriptionFits(ask, columns)
      const head = headRows(ask, described, columns)
      const tail: Row[] = [
        ...wrapRow([span(sanitiseLine(ask.decision.reason.text), { fg: "muted" })], columns - 1).map(pad),
        [],
        [span(` ${QUESTION}`, { bold: true })],
      ]
      const changes = brief
        ? offers.flatMap((offer, index) =>
            wrapRow([span(` ${index + 2}. don't ask again for ${changeOf(offer)}`)], columns - 1),
          )
        : []
      const spare = limit - head.length - tail.length - options.rows.length
      // On a very small screen what is asked comes before everything around it.
      const small = spare < MIN_BODY_ROWS
      const without = described && !small ? { without: "description" } : {}
      const action = [
        ...actionRows(ask, columns - 4, without).map((row): Row => [span("   "), ...row]),
        ...changes,
      ]
      // Nothing is left out for want of room: what has no row of its own scrolls, behind what is asked.
      const all =
        small && limit - options.rows.length >= MIN_BODY_ROWS
          ? [...action, ...tail.slice(0, -2), ...head.slice(1)]
          : action
      const body = scroll.view(all, small ? Math.max(1, limit - options.rows.length) : spare)
      const above = small ? body : [...head, ...body, ...tail]
      const cursor =
        options.cursor === null ? null : { ...options.cursor, row: options.cursor.row + above.length }
      return { rows: [...above, ...options.rows].map((row) => cutRow(row, columns)), cursor }
    },
  }
}

/** A command stands in full below the title, so the title has room for what it is for. */
function descriptionFits(ask: Ask, columns: number): boolean {
  const { command, description } = ask.input
  if (typeof command !== "string" || typeof description !== "string" || description === "") return false
  const room = columns - displayWidth(`  ${sanitiseLine(ask.tool)} ${askedBy(ask)}`)
  return reveal(description) === sanitiseLine(description) && displayWidth(description) <= room
}

function askedBy(ask: Ask): string {
  return ask.agent === undefined ? "" : ` · asked by ${sanitiseLine(ask.agent.description)}`
}

function headRows(ask: Ask, described: boolean, columns: number): Row[] {
  const who = askedBy(ask)
  const title = described
    ? sanitiseLine(String(ask.input.description))
    : typeof ask.input.command === "string"
      ? ""
      : sanitiseLine(ask.title)
  return [
    [span("─".repeat(columns), { fg: "warning" })],
    cutRow(
      [
        span(` ${sanitiseLine(ask.tool)}`, { bold: true, fg: "warning" }),
        span(title === "" ? "" : ` ${title}`),
        span(who, { fg: "muted" }),
      ],
      columns,
    ),
  ]
}

function pad(row: Row): Row {
  return [span(" "), ...row]
}
