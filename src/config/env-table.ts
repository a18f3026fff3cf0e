/**
 * The variables that say who pays, where requests go and how they leave, for the documentation. A test holds that each of them
 * is read somewhere; those of tools and screen are documented by their owners.
 */
export interface EnvInfo {
  readonly name: string
  /** One line for people. */
  readonly text: string
  readonly group: string
}

type Row = readonly [name: string, text: string]

const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  "Who pays": [
    ["ANTHROPIC_AUTH_TOKEN", "Bearer token, for gateways"],
    ["ANTHROPIC_API_KEY", "API key; on a screen it is used after one question"],
    ["CLAUDE_CODE_API_KEY_HELPER_TTL_MS", "How long a key of `apiKeyHelper` is kept (300000)"],
    ["CLAUDE_CODE_OAUTH_TOKEN", "Long-lived token"],
    ["CLAUDE_CODE_OAUTH_REFRESH_TOKEN", "`ccts auth login` takes a login from it instead of a browser"],
    ["CLAUDE_CODE_OAUTH_SCOPES", "Scopes of that login"],
    ["ANTHROPIC_PROFILE", "Profile below `~/.config/anthropic`"],
    ["ANTHROPIC_CONFIG_DIR", "Another folder for profiles"],
    [
      "ANTHROPIC_FEDERATION_RULE_ID",
      "Workload identity, with ANTHROPIC_ORGANIZATION_ID and an identity token",
    ],
    ["ANTHROPIC_ORGANIZATION_ID", "Organisation of the workload identity"],
    ["ANTHROPIC_IDENTITY_TOKEN", "Identity token of the workload"],
    ["ANTHROPIC_IDENTITY_TOKEN_FILE", "File with the identity token"],
    ["CLAUDE_CONFIG_DIR", "Replaces `~/.claude`"],
  ],
  "Where requests go": [
    ["ANTHROPIC_BASE_URL", "Address of the API or of a gateway"],
    ["ANTHROPIC_CUSTOM_HEADERS", "Further headers, `Name: Value` per line"],
    ["ANTHROPIC_BETAS", "Further betas, with commas"],
    ["CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS", "Sends no betas of its own"],
    ["DISABLE_INTERLEAVED_THINKING", "No thinking between tool calls on older models"],
    ["CLAUDE_CODE_EXTRA_BODY", "JSON merged into every request"],
    ["CLAUDE_CODE_USE_BEDROCK", "Amazon Bedrock"],
    ["ANTHROPIC_BEDROCK_BASE_URL", "Its address or that of a gateway"],
    ["ANTHROPIC_BEDROCK_REGION_PREFIX", "Prefix of its model ids (by region: us, eu, apac, global)"],
    ["ANTHROPIC_BEDROCK_SERVICE_TIER", "Its service tier"],
    ["AWS_REGION", "Its region (us-east-1)"],
    ["AWS_PROFILE", "Profile of the AWS tools"],
    ["AWS_BEARER_TOKEN_BEDROCK", "Bedrock API key"],
    ["CLAUDE_CODE_SKIP_BEDROCK_AUTH", "A gateway signs"],
    ["CLAUDE_CODE_USE_VERTEX", "Google Vertex AI"],
    ["ANTHROPIC_VERTEX_PROJECT_ID", "Its project"],
    ["ANTHROPIC_VERTEX_BASE_URL", "Its address or that of a gateway"],
    ["CLOUD_ML_REGION", "Its region (us-east5); VERTEX_REGION_CLAUDE_<MODEL> for one model"],
    ["CLAUDE_CODE_SKIP_VERTEX_AUTH", "A gateway signs"],
    ["CLAUDE_CODE_USE_FOUNDRY", "Microsoft Foundry"],
    ["ANTHROPIC_FOUNDRY_RESOURCE", "Its resource"],
    ["ANTHROPIC_FOUNDRY_BASE_URL", "Its address, instead of the resource"],
    ["ANTHROPIC_FOUNDRY_API_KEY", "Its API key"],
    ["ANTHROPIC_FOUNDRY_AUTH_TOKEN", "Its Entra token"],
    ["CLAUDE_CODE_SKIP_FOUNDRY_AUTH", "A gateway signs"],
  ],
  "How they leave": [
    ["HTTPS_PROXY", "Proxy for https"],
    ["HTTP_PROXY", "Proxy for http"],
    ["NO_PROXY", "Hosts without a proxy"],
    ["NODE_EXTRA_CA_CERTS", "File with further certificate authorities"],
    ["CLAUDE_CODE_CERT_STORE", "Which authorities count: bundled, system, or both with a comma"],
    ["CLAUDE_CODE_CLIENT_CERT", "File with a client certificate"],
    ["CLAUDE_CODE_CLIENT_KEY", "File with its key"],
    ["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", "Passphrase of the key"],
    ["API_TIMEOUT_MS", "Until the first byte of a reply (600000)"],
    ["CLAUDE_STREAM_IDLE_TIMEOUT_MS", "Between two bytes of a reply (300000)"],
    ["CLAUDE_CODE_MAX_RETRIES", "Attempts after the first (10, at most 15)"],
    ["CLAUDE_CODE_RETRY_WATCHDOG", "Repeats rate limits and overload without end"],
  ],
  "Start and cost": [
    ["CLAUDE_CODE_SIMPLE", "Like --bare"],
    ["CLAUDE_CODE_SAFE_MODE", "Like --safe-mode"],
    ["CLAUDE_CODE_MAX_TURNS", "Like --max-turns"],
    ["DISABLE_PROMPT_CACHING", "No prompt cache; with _HAIKU, _SONNET, _OPUS or _FABLE for one family"],
    ["ENABLE_PROMPT_CACHING_1H", "Prompt cache of one hour"],
    ["FORCE_PROMPT_CACHING_5M", "Prompt cache of five minutes, whatever the settings say"],
    ["CLAUDE_CODE_SUBPROCESS_ENV_SCRUB", "Keeps credentials from commands"],
  ],
}

export const ENV_TABLE: readonly EnvInfo[] = Object.entries(GROUPS).flatMap(([group, rows]) =>
  rows.map(([name, text]) => ({ name, text, group })),
)

/** Markdown: one table per group. */
export function envMarkdown(): string {
  return Object.entries(GROUPS)
    .map(([group, rows]) =>
      [
        `### ${group}`,
        "",
        "| variable | what it does |",
        "|---|---|",
        ...rows.map(([name, text]) => `| \`${name}\` | ${text} |`),
      ].join("\n"),
    )
    .join("\n\n")
}
