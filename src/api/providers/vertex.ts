/** Google Vertex AI through the vendor's client: application default credentials (spec/api.md section 8). */
import { isOn } from "../../lib/is-on.ts"
import { CLIENT_OPTIONS, cause, overridden, type Provider, type ProviderInput, splitId } from "./provider.ts"

const DEFAULT_REGION = "us-east5"
const SCOPE = "https://www.googleapis.com/auth/cloud-platform"

type Google = typeof import("google-auth-library")

export function vertex({ env, overrides }: ProviderInput): Provider {
  const skipAuth = isOn(env.CLAUDE_CODE_SKIP_VERTEX_AUTH)
  const projectId = env.ANTHROPIC_VERTEX_PROJECT_ID || env.GOOGLE_CLOUD_PROJECT || env.GCLOUD_PROJECT || null
  let auth: InstanceType<Google["GoogleAuth"]> | null = null
  const googleAuth = async () => {
    if (auth !== null) return auth
    const { GoogleAuth } = await import("google-auth-library")
    auth = new GoogleAuth({
      scopes: SCOPE,
      ...(projectId === null ? {} : { projectId }),
      ...(env.GOOGLE_APPLICATION_CREDENTIALS ? { keyFilename: env.GOOGLE_APPLICATION_CREDENTIALS } : {}),
    })
    return auth
  }
  const baseUrl = (model: string) =>
    (env.ANTHROPIC_VERTEX_BASE_URL || regionUrl(regionFor(model, env))).replace(/\/+$/, "")
  return {
    modelId: (model) => overridden(model, overrides) ?? vertexId(model),
    baseUrl,
    bodyVersion: "vertex-2023-10-16",
    headers: {},
    blank: {},
    async prepare() {
      if (skipAuth) return
      try {
        await (await (await googleAuth()).getClient()).getRequestHeaders()
      } catch (error) {
        throw new Error(
          `No Google credentials (${cause(error)}): run "gcloud auth application-default login", set GOOGLE_APPLICATION_CREDENTIALS, or the setting gcpAuthRefresh`,
        )
      }
    },
    forget() {
      auth = null
    },
    async client({ model, fetch }) {
      const { AnthropicVertex } = await import("@anthropic-ai/vertex-sdk/client")
      const region = regionFor(model, env)
      const common = { ...CLIENT_OPTIONS, baseURL: baseUrl(model), region, projectId, fetch }
      if (!skipAuth) return new AnthropicVertex({ ...common, googleAuth: await googleAuth() })
      const { PassThroughClient } = await import("google-auth-library")
      // Adds no header: a gateway signs.
      return new AnthropicVertex({ ...common, authClient: new PassThroughClient() })
    },
  }
}

/** `claude-opus-4-5` is `claude-opus-4-5@20251101`; an id with `@` stays as it is. */
function vertexId(model: string): string {
  const id = splitId(model)
  if (id === null) return model
  return id.date === null ? id.name : `${id.name}@${id.date}`
}

/** VERTEX_REGION_CLAUDE_HAIKU_4_5 for one model (older variables have the number first), else CLOUD_ML_REGION. */
function regionFor(model: string, env: ProviderInput["env"]): string {
  const [, family, version] = /claude-([a-z]+)((?:-\d{1,2}(?!\d))*)/.exec(model) ?? []
  if (family !== undefined) {
    const [name, number] = [family.toUpperCase(), (version ?? "").replaceAll("-", "_")]
    const old = number.includes("_", 1) ? number : `${number}_0`
    const own = env[`VERTEX_REGION_CLAUDE_${name}${number}`] || env[`VERTEX_REGION_CLAUDE${old}_${name}`]
    if (own) return own
  }
  return env.CLOUD_ML_REGION || DEFAULT_REGION
}

function regionUrl(region: string): string {
  if (region === "global") return "https://aiplatform.googleapis.com/v1"
  if (region === "us" || region === "eu") return `https://aiplatform.${region}.rep.googleapis.com/v1`
  return `https://${region}-aiplatform.googleapis.com/v1`
}
