/** Microsoft Foundry through the vendor's client: an API key, an Entra token or Azure credentials (spec/api.md section 8). */

import { isOn } from "../../lib/is-on.ts"
import { azureTokens } from "./azure-token.ts"
import { CLIENT_OPTIONS, overridden, type Provider, type ProviderInput } from "./provider.ts"

export function foundry({ env, overrides }: ProviderInput): Provider {
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_FOUNDRY_AUTH)
  const resource = env.ANTHROPIC_FOUNDRY_RESOURCE
  const baseUrl = (
    env.ANTHROPIC_FOUNDRY_BASE_URL || (resource ? `https://${resource}.services.ai.azure.com/anthropic` : "")
  ).replace(/\/+$/, "")
  const { ANTHROPIC_FOUNDRY_API_KEY: apiKey, ANTHROPIC_FOUNDRY_AUTH_TOKEN: token } = env
  const entra = azureTokens(env)
  return {
    // What a deployment is called is up to its owner.
    modelId: (model) => overridden(model, overrides) ?? model,
    baseUrl() {
      if (baseUrl === "")
        throw new Error("Foundry: set ANTHROPIC_FOUNDRY_RESOURCE or ANTHROPIC_FOUNDRY_BASE_URL")
      return baseUrl
    },
    headers: {},
    blank: skipAuth ? { "x-api-key": null, authorization: null } : {},
    async prepare() {
      if (!skipAuth && !apiKey && !token) await entra.get()
    },
    forget: entra.forget,
    async client({ fetch }) {
      const { AnthropicFoundry } = await import("@anthropic-ai/foundry-sdk/client")
      // Null keeps the client from taking the resource of the environment beside the address.
      const common = { ...CLIENT_OPTIONS, baseURL: baseUrl, resource: null, fetch }
      if (skipAuth) return new AnthropicFoundry({ ...common, apiKey: "none" })
      if (apiKey) return new AnthropicFoundry({ ...common, apiKey })
      return new AnthropicFoundry({ ...common, azureADTokenProvider: async () => token || entra.get() })
    },
  }
}
