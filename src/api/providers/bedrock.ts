/** Amazon Bedrock through the vendor's client: SigV4 or a Bedrock API key, AWS event stream (spec/api.md section 8). */

import { isOn } from "../../lib/is-on.ts"
import { awsKeyring, awsRegion } from "./aws-keys.ts"
import { CLIENT_OPTIONS, overridden, type Provider, type ProviderInput, splitId } from "./provider.ts"

export function bedrock(input: ProviderInput): Provider {
  const { env, overrides } = input
  const region = awsRegion(env)
  const baseUrl = (
    env.ANTHROPIC_BEDROCK_BASE_URL || `https://bedrock-runtime.${region}.amazonaws.com`
  ).replace(/\/+$/, "")
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_BEDROCK_AUTH)
  const apiKey = env.AWS_BEARER_TOKEN_BEDROCK || null
  const tier = env.ANTHROPIC_BEDROCK_SERVICE_TIER
  const keys = awsKeyring(input, "AWS_BEARER_TOKEN_BEDROCK")
  return {
    modelId: (model) =>
      overridden(model, overrides) ?? bedrockId(model, region, env.ANTHROPIC_BEDROCK_REGION_PREFIX),
    baseUrl: () => baseUrl,
    bodyVersion: "bedrock-2023-05-31",
    headers: tier ? { "x-amzn-bedrock-service-tier": tier } : {},
    blank: {},
    async prepare() {
      if (skipAuth || apiKey !== null) return
      await keys.prepare()
    },
    forget: keys.forget,
    async client({ fetch }) {
      const { AnthropicBedrock } = await import("@anthropic-ai/bedrock-sdk/client")
      return new AnthropicBedrock({
        ...CLIENT_OPTIONS,
        baseURL: baseUrl,
        awsRegion: region,
        fetch,
        skipAuth,
        apiKey: skipAuth ? null : apiKey,
        providerChainResolver: async () => keys.find,
      })
    },
  }
}

/** `claude-opus-4-5` is `us.anthropic.claude-opus-4-5-20251101-v1:0`; what is not one of our ids stays as it is. */
function bedrockId(model: string, region: string, prefix: string | undefined): string {
  const id = splitId(model)
  if (id === null) return model
  const suffix = id.date === null ? (id.name === "claude-opus-4-6" ? "-v1" : "") : `-${id.date}-v1:0`
  return `${(prefix || regionPrefix(region)).replace(/\.$/, "")}.anthropic.${id.name}${suffix}`
}

/** Cross-region inference profiles by continent. */
function regionPrefix(region: string): string {
  if (region.startsWith("us-gov-")) return "us-gov"
  if (/^(us|ca)-/.test(region)) return "us"
  if (region.startsWith("eu-")) return "eu"
  return region.startsWith("ap-") ? "apac" : "global"
}
