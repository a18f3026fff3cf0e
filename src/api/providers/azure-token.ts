/**
 * Entra tokens for Foundry, from where Azure's own tools find credentials, in their order: a client with a secret, workload
 * identity, managed identity, the Azure CLI. Plain OAuth 2.0 requests (RFC 6749 section 4.4, RFC 7523); no library of 48 MB.
 * A token is kept until shortly before it ends.
 */
import { readFile } from "node:fs/promises"
import { cause, type ProviderInput } from "./provider.ts"

export interface AzureToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface AzureTokens {
  /** Rejects with one line that says how to get a credential. */
  get(): Promise<string>
  forget(): void
}

type Env = ProviderInput["env"]
type Source = (env: Env) => Promise<AzureToken | null>

/** What the vendor's Foundry client names in its documentation. */
const SCOPE = "https://ai.azure.com/.default"
const RESOURCE = "https://ai.azure.com"
const AUTHORITY = "https://login.microsoftonline.com"
const METADATA = "http://169.254.169.254/metadata/identity/oauth2/token"
/** Got anew this long before it ends. */
const EARLY_MS = 5 * 60_000
const REQUEST_MS = 10_000
/** A machine outside of Azure has no metadata service. */
const METADATA_MS = 1_000
const CLI_MS = 15_000
const ANSWER_BYTES = 64 * 1024

const SOURCES: readonly (readonly [name: string, source: Source])[] = [
  ["client secret", clientSecret],
  ["workload identity", workloadIdentity],
  ["managed identity", managedIdentity],
  ["Azure CLI", azureCli],
]

export function azureTokens(env: Env): AzureTokens {
  let held: AzureToken | null = null
  let running: Promise<AzureToken> | null = null
  const find = async (): Promise<AzureToken> => {
    const failures: string[] = []
    for (const [name, source] of SOURCES) {
      try {
        const token = await source(env)
        if (token !== null) return token
      } catch (error) {
        failures.push(`${name}: ${cause(error)}`)
      }
    }
    const why = failures.length === 0 ? "none is configured" : failures.join("; ")
    throw new Error(
      `No Foundry credentials (${why}): set ANTHROPIC_FOUNDRY_API_KEY or ANTHROPIC_FOUNDRY_AUTH_TOKEN, sign in with \`az login\`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET`,
    )
  }
  return {
    async get() {
      if (held !== null && held.expiresAt - Date.now() > EARLY_MS) return held.token
      running ??= find().finally(() => {
        running = null
      })
      held = await running
      return held.token
    },
    forget() {
      held = null
    },
  }
}

async function clientSecret(env: Env): Promise<AzureToken | null> {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = env
  if (!tenant || !client || !secret) return null
  return askAuthority(env, tenant, { client_id: client, client_secret: secret })
}

async function workloadIdentity(env: Env): Promise<AzureToken | null> {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_FEDERATED_TOKEN_FILE: file } = env
  if (!tenant || !client || !file) return null
  const assertion = (await readFile(file, "utf8")).trim()
  return askAuthority(env, tenant, {
    client_id: client,
    client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  })
}

async function askAuthority(
  env: Env,
  tenant: string,
  form: Readonly<Record<string, string>>,
): Promise<AzureToken> {
  const authority = (env.AZURE_AUTHORITY_HOST || AUTHORITY).replace(/\/+$/, "")
  const response = await fetch(`${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ ...form, grant_type: "client_credentials", scope: SCOPE }),
    redirect: "error",
    signal: AbortSignal.timeout(REQUEST_MS),
  })
  return tokenOf(response)
}

/** App Service and Functions name an endpoint; virtual machines have a fixed one. */
async function managedIdentity(env: Env): Promise<AzureToken | null> {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, AZURE_CLIENT_ID: client } = env
  const own = Boolean(endpoint && header)
  const url = new URL(own ? (endpoint as string) : env.AZURE_POD_IDENTITY_AUTHORITY_HOST || METADATA)
  url.searchParams.set("api-version", own ? "2019-08-01" : "2018-02-01")
  url.searchParams.set("resource", RESOURCE)
  if (client) url.searchParams.set("client_id", client)
  const headers: Record<string, string> = own
    ? { "X-IDENTITY-HEADER": header as string }
    : { Metadata: "true" }
  try {
    const signal = AbortSignal.timeout(own ? REQUEST_MS : METADATA_MS)
    // Never through a proxy: the address is the machine's own.
    return await tokenOf(
      await fetch(url, { headers, redirect: "error", signal, proxy: false } as RequestInit),
    )
  } catch (error) {
    if (own) throw error
    return null
  }
}

async function azureCli(env: Env): Promise<AzureToken | null> {
  const program = Bun.which("az", { PATH: env.PATH ?? "" })
  if (program === null) return null
  const child = Bun.spawn(
    [program, "account", "get-access-token", "--output", "json", "--resource", RESOURCE],
    {
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      timeout: CLI_MS,
    },
  )
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
  if (code !== 0) throw new Error("az is not signed in (`az login`)")
  const raw: unknown = JSON.parse(output.slice(0, ANSWER_BYTES))
  const { accessToken, expires_on: seconds } = (raw ?? {}) as Record<string, unknown>
  return checked(accessToken, typeof seconds === "number" ? seconds * 1_000 : Number.NaN)
}

async function tokenOf(response: Response): Promise<AzureToken> {
  const raw: unknown = JSON.parse((await response.text()).slice(0, ANSWER_BYTES))
  const body = (raw ?? {}) as Record<string, unknown>
  if (!response.ok) {
    const words = [body.error_description, body.error].find((word) => typeof word === "string")
    throw new Error(`${response.status} ${typeof words === "string" ? words : "refused"}`)
  }
  const seconds = Number(body.expires_in)
  return checked(body.access_token, Date.now() + seconds * 1_000)
}

function checked(token: unknown, expiresAt: number): AzureToken {
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) throw new Error("the answer holds no token")
  // One that does not say when it ends is asked for again next time.
  return { token, expiresAt: Number.isFinite(expiresAt) ? expiresAt : 0 }
}
