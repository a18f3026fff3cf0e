/**
 * The API as its owner runs it on AWS: its own protocol at an address of AWS, for one workspace, with an API key. Requests signed
 * with AWS keys would need a further package of the vendor; who has none but those is told so.
 */

import { isOn } from "../../lib/is-on.ts"
import { awsRegion } from "./aws-keys.ts"
import { CLIENT_OPTIONS, overridden, type Provider, type ProviderInput } from "./provider.ts"

export function anthropicAws({ env, overrides }: ProviderInput): Provider {
  const baseUrl = (
    env.ANTHROPIC_AWS_BASE_URL || `https://aws-external-anthropic.${awsRegion(env)}.api.aws`
  ).replace(/\/+$/, "")
  const { ANTHROPIC_AWS_API_KEY: apiKey, ANTHROPIC_AWS_WORKSPACE_ID: workspace } = env
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH)
  return {
    modelId: (model) => overridden(model, overrides) ?? model,
    baseUrl: () => baseUrl,
    headers: workspace ? { "anthropic-workspace-id": workspace } : {},
    blank: skipAuth ? { "x-api-key": null, authorization: null } : {},
    async prepare() {
      if (skipAuth) return
      if (!workspace) throw new Error("Claude on AWS: set ANTHROPIC_AWS_WORKSPACE_ID")
      if (!apiKey)
        throw new Error(
          "Claude on AWS: set ANTHROPIC_AWS_API_KEY (requests signed with AWS keys are not supported)",
        )
    },
    forget: () => undefined,
    async client({ fetch }) {
      const { Anthropic } = await import("@anthropic-ai/sdk/client")
      return new Anthropic({
        ...CLIENT_OPTIONS,
        baseURL: baseUrl,
        apiKey: apiKey ?? "none",
        authToken: null,
        fetch,
      })
    },
  }
}
