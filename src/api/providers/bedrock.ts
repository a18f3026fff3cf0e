/** Amazon Bedrock through the vendor's client: SigV4 or a Bedrock API key, AWS event stream (spec/api.md section 8). */
import { isOn } from "./is-on.ts"
import {
  type AwsKeys,
  CLIENT_OPTIONS,
  cause,
  overridden,
  type Provider,
  type ProviderInput,
  splitId,
} from "./provider.ts"

const DEFAULT_REGION = "us-east-1"
/** Keys are looked up again this long before they end. */
const EARLY_MS = 5 * 60_000

export function bedrock({ env, overrides, awsKeys }: ProviderInput): Provider {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || DEFAULT_REGION
  const baseUrl = (
    env.ANTHROPIC_BEDROCK_BASE_URL || `https://bedrock-runtime.${region}.amazonaws.com`
  ).replace(/\/+$/, "")
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_BEDROCK_AUTH)
  const apiKey = env.AWS_BEARER_TOKEN_BEDROCK || null
  const tier = env.ANTHROPIC_BEDROCK_SERVICE_TIER
  let chain: (() => Promise<AwsKeys>) | null = null
  let held: AwsKeys | null = null

  const find = async (): Promise<AwsKeys> => {
    if (held !== null && (held.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now() > EARLY_MS)
      return held
    chain ??= awsKeys ?? (await defaultChain(env, region))
    held = await chain()
    return held
  }
  return {
    modelId: (model) =>
      overridden(model, overrides) ?? bedrockId(model, region, env.ANTHROPIC_BEDROCK_REGION_PREFIX),
    baseUrl: () => baseUrl,
    bodyVersion: "bedrock-2023-05-31",
    headers: tier ? { "x-amzn-bedrock-service-tier": tier } : {},
    blank: {},
    async prepare() {
      if (skipAuth || apiKey !== null) return
      await find().catch((error: unknown) => {
        throw new Error(
          `No AWS credentials (${cause(error)}): sign in with the AWS CLI, set AWS_PROFILE, AWS_BEARER_TOKEN_BEDROCK, or the settings awsAuthRefresh or awsCredentialExport`,
        )
      })
    },
    forget() {
      held = null
      chain = null
    },
    async client({ fetch }) {
      const { AnthropicBedrock } = await import("@anthropic-ai/bedrock-sdk/client")
      return new AnthropicBedrock({
        ...CLIENT_OPTIONS,
        baseURL: baseUrl,
        awsRegion: region,
        fetch,
        skipAuth,
        apiKey: skipAuth ? null : apiKey,
        providerChainResolver: async () => find,
      })
    },
  }
}

/** Keys of the environment first, then everything the AWS tools know (profiles, SSO, containers, instances). */
async function defaultChain(env: ProviderInput["env"], region: string): Promise<() => Promise<AwsKeys>> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE } = env
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    const keys: AwsKeys = {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    }
    return async () => keys
  }
  const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers")
  return fromNodeProviderChain({
    ...(AWS_PROFILE ? { profile: AWS_PROFILE } : {}),
    clientConfig: { region },
    // A machine outside of AWS has no metadata service; one try is enough to know.
    maxRetries: 0,
    timeout: 1000,
  })
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
