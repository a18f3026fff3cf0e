/** The fields of a form that a server describes as a flat JSON schema (elicitation of the Model Context Protocol). */
import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Key } from "../screen/port.ts"
import { createField } from "./field.ts"

/** A server that wants more than this of a person is not answered at a terminal. */
const MAX_FIELDS = 50
const MAX_OPTIONS = 100

export interface FormField {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly required: boolean
  /** Shown while there is no value. */
  readonly hint: string
  key(key: Key): void
  paste(text: string): void
  /** Undefined: left out. */
  value(): unknown
  /** What is wrong with the value; null when nothing is. */
  problem(): string | null
  view(columns: number): { readonly text: string; readonly caret: number | null }
}

type Schema = Readonly<Record<string, unknown>>

export function formFields(schema: Schema): readonly FormField[] {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(properties)
    .slice(0, MAX_FIELDS)
    .map(([name, raw]) => {
      const about = isRecord(raw) ? raw : {}
      const common = {
        name,
        label: textOr(about.title, name),
        description: textOr(about.description, ""),
        required: required.includes(name),
      }
      const options = optionsOf(about)
      if (options !== null) return pickOne(common, options, about.default)
      const many = isRecord(about.items) ? optionsOf(about.items) : null
      if (about.type === "array" && many !== null) return pickMany(common, many, about)
      if (about.type === "boolean") return pickOne(common, YES_NO, about.default)
      return typed(common, about)
    })
}

type Common = Pick<FormField, "name" | "label" | "description" | "required">

interface Option {
  readonly value: unknown
  readonly label: string
}

const YES_NO: readonly Option[] = [
  { value: true, label: "yes" },
  { value: false, label: "no" },
]
const MISSING = "This must be filled in."

function pickOne(common: Common, options: readonly Option[], initial: unknown): FormField {
  let at = options.findIndex(({ value }) => value === initial)
  return {
    ...common,
    hint: "space picks",
    key(key) {
      if (key.name === "left") at = (at <= 0 ? options.length : at) - 1
      else if (key.name === "right" || isSpace(key)) at = (at + 1) % options.length
      // What need not be answered can be taken back.
      else if (key.name === "backspace" && !common.required) at = -1
    },
    paste() {},
    value: () => options[at]?.value,
    problem: () => (common.required && at === -1 ? MISSING : null),
    view: () => ({ text: at === -1 ? "" : `‹ ${options[at]?.label} ›`, caret: null }),
  }
}

function pickMany(common: Common, options: readonly Option[], about: Schema): FormField {
  const initial = Array.isArray(about.default) ? about.default : []
  const picked = new Set(options.flatMap(({ value }, index) => (initial.includes(value) ? [index] : [])))
  let at = 0
  return {
    ...common,
    hint: "",
    key(key) {
      if (key.name === "left") at = (at + options.length - 1) % options.length
      else if (key.name === "right") at = (at + 1) % options.length
      else if (isSpace(key) && !picked.delete(at)) picked.add(at)
    },
    paste() {},
    value: () => (picked.size === 0 && !common.required ? undefined : options.flatMap(valueIfPicked)),
    problem() {
      const least = numberOr(about.minItems, common.required ? 1 : 0)
      if (picked.size < least && (common.required || picked.size > 0)) return `At least ${least}.`
      const most = numberOr(about.maxItems, Number.POSITIVE_INFINITY)
      return picked.size > most ? `At most ${most}.` : null
    },
    view: () => ({
      text: options
        .map(({ label }, index) => {
          const mark = `${picked.has(index) ? "☒" : "☐"} ${label}`
          return index === at ? `‹${mark}›` : mark
        })
        .join("  "),
      caret: null,
    }),
  }

  function valueIfPicked({ value }: Option, index: number): unknown[] {
    return picked.has(index) ? [value] : []
  }
}

function typed(common: Common, about: Schema): FormField {
  const field = createField()
  if (typeof about.default === "string" || typeof about.default === "number") field.paste(`${about.default}`)
  const isNumber = about.type === "number" || about.type === "integer"
  return {
    ...common,
    hint: textOr(about.format, isNumber ? "a number" : ""),
    key: (key) => void field.key(key),
    paste: (text) => field.paste(text),
    value() {
      if (field.text === "" && !common.required) return undefined
      return isNumber ? Number(field.text) : field.text
    },
    problem() {
      if (field.text.trim() === "") return common.required ? MISSING : null
      return isNumber ? numberProblem(Number(field.text), about) : textProblem(field.text, about)
    },
    view: (columns) => field.view(columns),
  }
}

function numberProblem(value: number, { type, minimum, maximum }: Schema): string | null {
  if (!Number.isFinite(value)) return "This must be a number."
  if (type === "integer" && !Number.isInteger(value)) return "This must be a whole number."
  if (typeof minimum === "number" && value < minimum) return `Not less than ${minimum}.`
  return typeof maximum === "number" && value > maximum ? `Not more than ${maximum}.` : null
}

/** `pattern` is left to the server: a pattern from outside could run for ever here. */
function textProblem(text: string, { minLength, maxLength, format }: Schema): string | null {
  const { length } = [...text]
  if (typeof minLength === "number" && length < minLength) return `At least ${minLength} characters.`
  if (typeof maxLength === "number" && length > maxLength) return `At most ${maxLength} characters.`
  switch (format) {
    case "email":
      return /^[^\s@]+@[^\s@]+$/.test(text) ? null : "This must be an e-mail address."
    case "uri":
      return URL.canParse(text) ? null : "This must be a whole address, such as https://example.com."
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
        ? null
        : "This must be a date: YYYY-MM-DD."
    case "date-time":
      return /T/.test(text) && !Number.isNaN(Date.parse(text))
        ? null
        : "This must be a date and time: YYYY-MM-DDThh:mm:ssZ."
    default:
      return null
  }
}

/** Choices as the protocol writes them: `enum` with optional `enumNames`, or `oneOf`/`anyOf` of `const` and `title`. */
function optionsOf({ enum: values, enumNames, oneOf, anyOf }: Schema): readonly Option[] | null {
  if (Array.isArray(values) && values.length > 0) {
    const names = Array.isArray(enumNames) ? enumNames : []
    return values
      .slice(0, MAX_OPTIONS)
      .map((value: unknown, index) => ({ value, label: sanitiseLine(textOr(names[index], String(value))) }))
  }
  const list = oneOf ?? anyOf
  if (!Array.isArray(list)) return null
  const options = list
    .slice(0, MAX_OPTIONS)
    .flatMap((one: unknown): Option[] =>
      isRecord(one) && one.const !== undefined
        ? [{ value: one.const, label: sanitiseLine(textOr(one.title, String(one.const))) }]
        : [],
    )
  return options.length === 0 ? null : options
}

function isSpace(key: Key): boolean {
  return key.name === "space" || key.text === " "
}

function isRecord(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise
}
