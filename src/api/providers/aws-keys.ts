/** Keys of AWS, found as its own tools find them, and kept until shortly before they end. */
import { type AwsKeys, cause, type ProviderInput } from "./provider.ts"

/** Keys are looked up again this long before they end. */
const EARLY_MS = 5 * 60_000
const DEFAULT_REGION = "us-east-1"

export interface AwsKeyring {
  find(): Promise<AwsKeys>
  /** The same; rejects with one line that says how to get some. */
  prepare(): Promise<void>
  forget(): void
}

export function awsRegion(env: ProviderInput["env"]): string {
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || DEFAULT_REGION
}

/** `also`: a further way to name in the message, such as a variable of the service. */
export function awsKeyring({ env, awsKeys }: ProviderInput, also: string): AwsKeyring {
  let chain: (() => Promise<AwsKeys>) | null = null
  let held: AwsKeys | null = null
  const find = async (): Promise<AwsKeys> => {
    if (held !== null && (held.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now() > EARLY_MS)
      return held
    chain ??= awsKeys ?? (await defaultChain(env, awsRegion(env)))
    held = await chain()
    return held
  }
  return {
    find,
    async prepare() {
      await find().catch((error: unknown) => {
        throw new Error(
          `No AWS credentials (${cause(error)}): sign in with the AWS CLI, set AWS_PROFILE, ${also}, or the settings awsAuthRefresh or awsCredentialExport`,
        )
      })
    },
    forget() {
      held = null
      chain = null
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
