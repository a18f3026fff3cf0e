import { describe, expect, test } from "bun:test"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { built, withPlace } from "./place.ts"
import { resultOf } from "./sdk-session.ts"

const schema = {
  type: "object",
  properties: { ok: { type: "boolean" }, n: { type: "integer", minimum: 1 } },
  required: ["ok"],
  additionalProperties: false,
}
const answer = (input: Readonly<Record<string, unknown>>) => toolUse("StructuredOutput", input)
const options = { outputFormat: { type: "json_schema" as const, schema } }

describe.skipIf(!built)("structured output", () => {
  test.concurrent("the object that fits ends the turn and stands in the result", () =>
    withPlace([answer({ ok: true, n: 2 })], async ({ sdk, api }) => {
      const { messages, error } = await sdk({ prompt: "Is it?", options })
      expect(error).toBeNull()
      expect(resultOf(messages)).toMatchObject({
        subtype: "success",
        is_error: false,
        structured_output: { ok: true, n: 2 },
      })
      const tool = api.turns[0]?.body.tools.find(({ name }: { name: string }) => name === "StructuredOutput")
      expect(tool.input_schema).toMatchObject(schema)
      const init = messages.find((message) => message.type === "system" && message.subtype === "init")
      expect(init).toMatchObject({ tools: expect.arrayContaining(["StructuredOutput"]) })
    }))

  test.concurrent("the model is told what does not fit, and tries again", () =>
    withPlace([answer({ ok: "yes" }), answer({ ok: true })], async ({ sdk, api }) => {
      const { messages } = await sdk({ prompt: "Is it?", options })
      expect(JSON.stringify(api.turns[1]?.body.messages)).toContain(
        "Output does not match required schema: /ok: must be boolean",
      )
      expect(resultOf(messages)).toMatchObject({ structured_output: { ok: true } })
    }))

  test.concurrent("after the last attempt the run fails and says why", () =>
    withPlace(
      () => answer({ n: 0 }),
      async ({ sdk, api }) => {
        const { messages } = await sdk({
          prompt: "Is it?",
          options,
          env: { MAX_STRUCTURED_OUTPUT_RETRIES: "2" },
        })
        expect(resultOf(messages)).toMatchObject({
          subtype: "error_max_structured_output_retries",
          is_error: true,
          terminal_reason: "structured_output_retry_exhausted",
        })
        expect(String(resultOf(messages).errors)).toStartWith(
          "Failed to provide valid structured output after 2 attempts — last StructuredOutput error: ",
        )
        expect(api.turns).toHaveLength(2)
      },
    ))

  test.concurrent("plain text is answered with one reminder, a second one ends the turn without an object", () =>
    withPlace([text("Yes"), text("I said yes")], async ({ sdk, api }) => {
      const { messages } = await sdk({ prompt: "Is it?", options })
      expect(JSON.stringify(api.turns[1]?.body.messages)).toContain("[structured-output-enforce]")
      const result = resultOf(messages)
      expect(result).toMatchObject({ subtype: "success", result: "I said yes" })
      expect(result.structured_output).toBeUndefined()
    }))

  test.concurrent("--json-schema works with -p, and a schema that is none ends the start", () =>
    withPlace([answer({ ok: false })], async ({ start }) => {
      const good = await start([
        "-p",
        "Is it?",
        "--output-format",
        "json",
        "--json-schema",
        JSON.stringify(schema),
      ]).done
      expect(JSON.parse(good.out)).toMatchObject({ structured_output: { ok: false } })
      const bad = await start(["-p", "Is it?", "--json-schema", '{"type":"nonsense"}']).done
      expect(bad.code).toBe(1)
      expect(bad.err).toStartWith("Error: --json-schema is not a valid JSON Schema")
      expect(bad.err.trim().split("\n")).toHaveLength(1)
    }))

  test.concurrent("a draft-07 schema with formats and references is understood", () =>
    withPlace([answer({ items: [{ id: "not an e-mail" }] })], async ({ sdk }) => {
      const { messages } = await sdk({
        prompt: "List",
        options: {
          outputFormat: {
            type: "json_schema",
            schema: {
              $schema: "http://json-schema.org/draft-07/schema#",
              type: "object",
              properties: { items: { type: "array", items: { $ref: "#/definitions/item" } } },
              definitions: {
                item: { type: "object", properties: { id: { type: "string", format: "email" } } },
              },
            },
          },
        },
      })
      expect(resultOf(messages)).toMatchObject({ structured_output: { items: [{ id: "not an e-mail" }] } })
    }))
})
