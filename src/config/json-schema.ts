/** The table of keys as a JSON schema (draft 2020-12), for editors. */

import type { KeyType } from "./key-type.ts"
import { KEYS } from "./keys.ts"

export interface Schema {
  [keyword: string]: unknown
  properties?: Record<string, Schema>
}

export function settingsSchema(): Schema {
  const root: Schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {},
  }
  for (const info of KEYS) {
    const path = info.key.split(".")
    const name = path.pop() ?? ""
    let at = root
    for (const part of path) {
      at.properties ??= {}
      at.properties[part] ??= { type: "object", properties: {} }
      at = at.properties[part]
    }
    at.properties ??= {}
    at.properties[name] = {
      description: info.text,
      ...(info.default === undefined ? {} : { default: info.default }),
      ...schemaOf(info.type),
    }
  }
  return root
}

function schemaOf(type: KeyType): Schema {
  switch (type.kind) {
    case "boolean":
    case "string":
      return { type: type.kind }
    case "number":
      return { type: type.whole ? "integer" : "number", minimum: type.min, maximum: type.max }
    case "enum": {
      const values = { type: "string", enum: type.values }
      return type.pattern ? { anyOf: [values, { type: "string", pattern: type.pattern.source }] } : values
    }
    case "list":
      return { type: "array", items: schemaOf(type.of) }
    case "map":
      return { type: "object", additionalProperties: schemaOf(type.of) }
    case "object":
      return {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(type.members).map(([key, member]) => [key, schemaOf(member)]),
        ),
      }
    case "record":
      return { type: "object" }
    case "either":
      return { anyOf: type.of.map(schemaOf) }
  }
}
