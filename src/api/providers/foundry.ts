/** Microsoft Foundry through the vendor's client: an API key or an Entra token (spec/api.md section 8). */
import { isOn } from "./is-on.ts"
import { CLIENT_OPTIONS, overridden, type Provider, type ProviderInput } from "./provider.ts"

export function foundry({ env, overrides }: ProviderInput): Provider {
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_FOUNDRY_AUTH)
  const resource = env.ANTHROPIC_FOUNDRY_RESOURCE
  const baseUrl = (
    env.ANTHROPIC_FOUNDRY_BASE_URL || (resource ? `https://${resource}.services.ai.azure.com/anthropic` : "")
  ).replace(/\/+$/, "")
  const { ANTHROPIC_FOUNDRY_API_KEY: apiKey, ANTHROPIC_FOUNDRY_AUTH_TOKEN: token } = env
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
      if (!skipAuth && !apiKey && !token)
        throw new Error(
          "No Foundry credentials: set ANTHROPIC_FOUNDRY_API_KEY or ANTHROPIC_FOUNDRY_AUTH_TOKEN (Entra)",
        )
    },
    forget: () => undefined,
    async client({ fetch }) {
      const { AnthropicFoundry } = await import("@anthropic-ai/foundry-sdk/client")
      // Null keeps the client from taking the resource of the environment beside the address.
      const common = { ...CLIENT_OPTIONS, baseURL: baseUrl, resource: null, fetch }
      if (skipAuth) return new AnthropicFoundry({ ...common, apiKey: "none" })
      if (apiKey) return new AnthropicFoundry({ ...common, apiKey })
      return new AnthropicFoundry({ ...common, azureADTokenProvider: async () => token ?? "" })
    },
  }
}
