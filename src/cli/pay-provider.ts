import { createApi } from "../api/client.ts"
import { exportAwsKeys, runRefresh } from "../auth/provider-helpers.ts"
import { isObject } from "../config/key-type.ts"
import { PROVIDER_NAMES, type Provider } from "../config/provider.ts"
import type { Payer } from "./payer.ts"
import type { Prepared } from "./prepare.ts"
import { proxyAuthOf } from "./proxy-auth-of.ts"

/** What the vendors' own libraries read from the process; settings may have set it. */
const VENDOR_VARIABLES = /^(AWS_|GOOGLE_|GCLOUD_|CLOUDSDK_|CLOUD_ML_|AZURE_)/

/** A cloud provider pays with credentials of its own; a refresh command of the settings gets new ones. */
export async function payProvider(
  name: Exclude<Provider, "firstParty">,
  { env, config, cwd }: Pick<Prepared, "env" | "config" | "cwd">,
): Promise<Payer> {
  const { settings } = config
  for (const [key, value] of Object.entries(settings.env ?? {}))
    if (VENDOR_VARIABLES.test(key)) process.env[key] = value
  const where = { env, cwd }
  const { modelOverrides, awsCredentialExport, awsAuthRefresh, gcpAuthRefresh } = settings
  const input = {
    env,
    overrides: isObject(modelOverrides) ? (modelOverrides as Readonly<Record<string, string>>) : {},
    ...(typeof awsCredentialExport === "string" && awsCredentialExport !== ""
      ? { awsKeys: () => exportAwsKeys(awsCredentialExport, where) }
      : {}),
  }
  const provider = await load(name, input)
  const refresh = {
    bedrock: ["awsAuthRefresh", awsAuthRefresh],
    mantle: ["awsAuthRefresh", awsAuthRefresh],
    vertex: ["gcpAuthRefresh", gcpAuthRefresh],
  } as const
  const [setting, command] = Object.hasOwn(refresh, name) ? refresh[name as keyof typeof refresh] : []
  const renew = async (): Promise<boolean> => {
    provider.forget()
    if (setting === undefined || typeof command !== "string" || command === "") return false
    await runRefresh(setting, command, where)
    return true
  }
  const credential = {
    async headers() {
      try {
        await provider.prepare()
      } catch (error) {
        if (!(await renew())) throw error
        await provider.prepare()
      }
      return {}
    },
    refresh: renew,
  }
  return {
    api: createApi({ credential, env, provider, proxyAuth: proxyAuthOf({ env, config, cwd }) }),
    label: `${PROVIDER_NAMES[name]} with its own credentials`,
    apiKeySource: "none",
    betas: [],
    provider: name,
  }
}

async function load(
  name: Exclude<Provider, "firstParty">,
  input: Parameters<typeof import("../api/providers/bedrock.ts").bedrock>[0],
) {
  switch (name) {
    case "bedrock":
      return (await import("../api/providers/bedrock.ts")).bedrock(input)
    case "vertex":
      return (await import("../api/providers/vertex.ts")).vertex(input)
    case "foundry":
      return (await import("../api/providers/foundry.ts")).foundry(input)
    case "anthropicAws":
      return (await import("../api/providers/anthropic-aws.ts")).anthropicAws(input)
    case "mantle":
      return (await import("../api/providers/mantle.ts")).mantle(input)
  }
}
