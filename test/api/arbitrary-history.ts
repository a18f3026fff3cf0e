/** Random records: mostly sane lines, with every kind of damage seen in the wild mixed in. */
import fc from "fast-check"
import type { MessageLine } from "../../src/model/line.ts"

export const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const id = fc.constantFrom(
  "toolu_1",
  "toolu_2",
  "toolu_3",
  "toolu_4",
  "bad id!",
  "",
  "srvtoolu_1",
  "srvtoolu_2",
)
const string = fc.oneof(
  fc.constantFrom(
    "hello",
    "",
    " ",
    "\n\t",
    "end ",
    "\ud83d",
    "a\udc00b",
    "漢字 🎉",
    "<system-reminder>x</system-reminder>",
  ),
  fc.string({ maxLength: 12 }),
)
const garbage: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    7,
    "text",
    [],
    {},
    { type: 3 },
    { type: "nonsense", x: 1 },
    { type: "text" },
  ),
  fc.object({ maxDepth: 2, maxKeys: 3 }),
)
const source = fc.oneof(
  fc.constant({ type: "base64", media_type: "image/png", data: PNG }),
  fc.constantFrom<unknown>(
    { type: "base64", media_type: "image/jpeg", data: PNG },
    { type: "base64", media_type: "image/bmp", data: "Qk0=" },
    { type: "base64", media_type: "image/png", data: "" },
    { type: "base64", media_type: "image/png", data: "not base64 !!" },
    { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQK" },
    { type: "text", media_type: "text/plain", data: "x" },
    { type: "text", media_type: "text/plain", data: "" },
    { type: "url", url: "https://example.com/a.png" },
    { type: "url", url: "" },
    null,
  ),
)
const text = fc.record({ type: fc.constant("text"), text: string, citations: fc.constantFrom(null, []) })
const image = fc.record({ type: fc.constantFrom("image", "document"), source })
const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: id,
  content: fc.oneof(
    string,
    fc.array(fc.oneof(text, image, garbage), { maxLength: 3 }),
    fc.constant(undefined),
  ),
  is_error: fc.constantFrom(true, false, undefined),
})
const call = fc.record({
  type: fc.constantFrom("tool_use", "tool_use", "tool_use", "server_tool_use"),
  id,
  name: fc.constantFrom("Read", "Bash", "mcp__a.b__c", "", "web_search"),
  input: fc.oneof(fc.constant({}), fc.record({ path: string }), garbage),
})
const serverResult = fc.record({
  type: fc.constant("web_search_tool_result"),
  tool_use_id: id,
  content: fc.constant([]),
})
const thinking = fc.oneof(
  fc.record({
    type: fc.constant("thinking"),
    thinking: string,
    signature: fc.constantFrom("sig", "", undefined),
  }),
  fc.record({ type: fc.constant("redacted_thinking"), data: fc.constantFrom("abc", "") }),
)

const common = fc.record({
  uuid: fc.uuid(),
  isMeta: fc.constantFrom(true, undefined),
  isVisibleInTranscriptOnly: fc.constantFrom(true, undefined, undefined, undefined),
  isApiErrorMessage: fc.constantFrom(true, undefined, undefined, undefined),
})

export const userLine = fc
  .tuple(
    common,
    fc.oneof(
      string,
      fc.array(
        fc.oneof({ weight: 4, arbitrary: result }, { weight: 3, arbitrary: text }, image, garbage, thinking),
        {
          maxLength: 4,
        },
      ),
      garbage,
    ),
  )
  .map(([rest, content]) => ({ ...rest, type: "user", message: { role: "user", content } }))

export const assistantLine = fc
  .tuple(
    common,
    fc.constantFrom("msg_1", "msg_2", "msg_3", undefined),
    fc.constantFrom("claude-opus-5-5", "claude-sonnet-4-5-20250929", "<synthetic>", undefined),
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.array(
          fc.oneof(
            { weight: 4, arbitrary: call },
            { weight: 3, arbitrary: text },
            { weight: 3, arbitrary: thinking },
            serverResult,
            garbage,
          ),
          { maxLength: 4 },
        ),
      },
      string,
      garbage,
    ),
    fc.constantFrom("end_turn", "tool_use", "pause_turn", null),
  )
  .map(([rest, id, model, content, stop_reason]) => ({
    ...rest,
    type: "assistant",
    message: { id, type: "message", role: "assistant", model, content, stop_reason, stop_sequence: null },
  }))

const brokenLine = fc.constantFrom<unknown>(
  { type: "user", uuid: "u-null", message: null },
  { type: "assistant", uuid: "a-null" },
  { type: "system", uuid: "s", subtype: "x" },
)

export const history = fc
  .array(fc.oneof({ weight: 5, arbitrary: userLine }, { weight: 5, arbitrary: assistantLine }, brokenLine), {
    maxLength: 14,
  })
  .map((lines) => lines as unknown as readonly MessageLine[])
