import { isObject, isTexts, type Json } from "../json.ts"

export interface FlatSchema {
  readonly schema: Json
  /** A sentence for the description when the schema said more than an object can. */
  readonly note: string
}

/**
 * The service takes only plain objects at the root of a schema: alternatives there become one object that has the
 * fields of all of them, and a sentence says what was lost.
 */
export function flattenSchema(given: unknown): FlatSchema {
  const schema: Json = isObject(given) ? given : {}
  const { anyOf, oneOf, allOf, ...rest } = schema
  const variants = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []))
  const parts = Array.isArray(allOf) ? allOf.filter(isObject) : []
  if (variants.length === 0 && parts.length === 0)
    return {
      schema: { ...rest, type: "object", properties: isObject(rest.properties) ? rest.properties : {} },
      note: "",
    }

  const propertiesOf = (one: Json): Json => (isObject(one.properties) ? one.properties : {})
  const requiredOf = (one: Json): readonly string[] => (isTexts(one.required) ? one.required : [])
  const common =
    variants.length === 0
      ? []
      : requiredOf(variants[0] ?? {}).filter((name) =>
          variants.every((one) => requiredOf(one).includes(name)),
        )
  const required = [...new Set([...requiredOf(rest), ...parts.flatMap(requiredOf), ...common])]
  const properties = Object.assign({}, propertiesOf(rest), ...[...parts, ...variants].map(propertiesOf))
  const sets = variants.map((one) => requiredOf(one).join(", ")).filter((names) => names !== "")
  return {
    schema: { ...rest, type: "object", properties, ...(required.length > 0 && { required }) },
    note: sets.length === 0 ? "" : `Give one of these sets of fields: ${sets.join(" | ")}.`,
  }
}
