/** Run by providers.test.ts: prints the packages of cloud providers that a request to the API itself has loaded. */
import { createApi } from "../../src/api/client.ts"

const [baseUrl = ""] = process.argv.slice(2)
const credential = { headers: async () => ({ "x-api-key": "k" }), refresh: async () => false }
const api = createApi({ baseUrl, env: { CLAUDE_CODE_MAX_RETRIES: "0" }, credential })
const request = {
  model: "claude-opus-4-5",
  max_tokens: 10,
  messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  stream: true,
} as const
const options = { signal: AbortSignal.timeout(5000), cause: "turn", sessionId: "s" } as const
let last = ""
for await (const item of api.stream(request, options)) last = item.type
const loaded = Object.keys(require.cache)
const providers = loaded.filter((path) =>
  /@aws-sdk|@smithy|google-auth|-sdk\/.*(bedrock|vertex|foundry)|(bedrock|vertex|foundry)-sdk/.test(path),
)
console.log(
  JSON.stringify({ last, sdk: loaded.some((path) => path.includes("@anthropic-ai/sdk")), providers }),
)
