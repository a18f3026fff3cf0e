/** The settings that get cloud credentials by a command: `awsCredentialExport`, `awsAuthRefresh`, `gcpAuthRefresh`. */
import { isObject } from "../config/key-type.ts"
import { CredentialError } from "./credential.ts"
import { type HelperOptions, runCommand } from "./helper.ts"

/** A refresh may wait for a person in a browser. */
const REFRESH_MS = 3 * 60_000

export interface ExportedKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Runs `awsCredentialExport`: JSON as `aws sts` prints it (`{"Credentials": {"AccessKeyId", …}}`). @throws CredentialError */
export async function exportAwsKeys(command: string, options: HelperOptions): Promise<ExportedKeys> {
  const output = await runCommand("awsCredentialExport", command, options)
  let raw: unknown
  try {
    raw = JSON.parse(output)
  } catch {
    raw = null
  }
  const keys = isObject(raw) && isObject(raw.Credentials) ? raw.Credentials : null
  const text = (name: string) =>
    typeof keys?.[name] === "string" && keys[name] !== "" ? keys[name] : undefined
  const [accessKeyId, secretAccessKey] = [text("AccessKeyId"), text("SecretAccessKey")]
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new CredentialError(
      "awsCredentialExport must print JSON with Credentials.AccessKeyId and .SecretAccessKey",
    )
  const sessionToken = text("SessionToken")
  const expiration = new Date(text("Expiration") ?? Number.NaN)
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(Number.isNaN(expiration.getTime()) ? {} : { expiration }),
  }
}

/** Runs a refresh command. @throws CredentialError */
export async function runRefresh(name: string, command: string, options: HelperOptions): Promise<void> {
  await runCommand(name, command, { timeoutMs: REFRESH_MS, ...options })
}
