/** Bedrock's own door to the Messages API (`bedrock-mantle`) through the vendor's client: SigV4 or a Bedrock API key. */

import { isOn } from "../../lib/is-on.ts"
import { awsKeyring, awsRegion } from "./aws-keys.ts"
import { CLIENT_OPTIONS, overridden, type Provider, type ProviderInput, splitId } from "./provider.ts"

export function mantle(input: ProviderInput): Provider {
  const { env, overrides } = input
  const region = awsRegion(env)
  const baseUrl = (
    env.ANTHROPIC_BEDROCK_MANTLE_BASE_URL || `https://bedrock-mantle.${region}.api.aws/anthropic`
  ).replace(/\/+$/, "")
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_MANTLE_AUTH) || isOn(env.CLAUDE_CODE_SKIP_BEDROCK_AUTH)
  const apiKey = env.AWS_BEARER_TOKEN_BEDROCK || null
  const keys = awsKeyring(input, "AWS_BEARER_TOKEN_BEDROCK")
  return {
    modelId: (model) => overridden(model, overrides) ?? mantleId(model),
    baseUrl: () => baseUrl,
    headers: {},
    blank: {},
    async prepare() {
      if (!skipAuth && apiKey === null) await keys.prepare()
    },
    forget: keys.forget,
    async client({ fetch }) {
      const { AnthropicBedrockMantle } = await import("@anthropic-ai/bedrock-sdk/mantle-client")
      return new AnthropicBedrockMantle({
        ...CLIENT_OPTIONS,
        baseURL: baseUrl,
        awsRegion: region,
        fetch,
        skipAuth,
        ...(apiKey !== null && !skipAuth ? { apiKey } : {}),
        providerChainResolver: async () => keys.find,
      })
    },
  }
}

/** `claude-opus-4-5` is `anthropic.claude-opus-4-5` there (own reading; the setting `modelOverrides` says otherwise). */
function mantleId(model: string): string {
  const id = splitId(model)
  return id === null ? model : `anthropic.${id.name}`
}
