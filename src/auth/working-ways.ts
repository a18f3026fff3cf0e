/** The ways to pay that always work with this program, in one line; every refusal ends with it. */
export const WORKING_WAYS =
  "Ways that work: an API key (ANTHROPIC_API_KEY), a helper (apiKeyHelper in the settings), a gateway (ANTHROPIC_BASE_URL with ANTHROPIC_AUTH_TOKEN), or a cloud provider (CLAUDE_CODE_USE_BEDROCK, _VERTEX or _FOUNDRY)."
