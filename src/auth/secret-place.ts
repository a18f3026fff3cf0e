/** Where secrets lie as one JSON object: a 0600 file, on macOS a keychain item. Only named members are changed. */
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { readMember } from "../lib/json-text.ts"
import { type JsonEdit, patchJson } from "../lib/patch-json.ts"
import { type Keyring, keychainItem, systemKeyring } from "./keychain.ts"
import { keychainService } from "./login-store.ts"
import { accountName } from "./stores.ts"

const FILE_MAX_BYTES = 1024 * 1024

/** Asked for changes with a reader of what is there. */
export type SecretEdits = (read: (path: readonly string[]) => unknown) => readonly JsonEdit[]

export interface SecretPlace {
  /** For people. */
  readonly label: string
  /** The whole JSON text; null when there is none. Never rejects. */
  read(): Promise<string | null>
  /** Everything that is not named stays as it is. */
  patch(edits: SecretEdits): Promise<void>
}

function secretFile(file: string): SecretPlace {
  return {
    label: file,
    async read() {
      try {
        const info = await stat(file)
        return info.isFile() && info.size <= FILE_MAX_BYTES ? await readFile(file, "utf8") : null
      } catch {
        return null
      }
    },
    patch: (edits) => patchJson(file, edits, { mode: 0o600, forceMode: true }),
  }
}

/** Secrets of ccts itself, apart from those of other programs. What the keychain does not take, the file does. */
export function ownSecrets(
  paths: ConfigPaths,
  env: Env,
  keyring: Keyring | null = systemKeyring(),
): SecretPlace {
  const file = secretFile(join(paths.ownDir, "credentials.json"))
  if (keyring === null) return file
  const keychain = keychainItem(keyring, keychainService(paths, "ccts-credentials"), accountName(env))
  return {
    label: keychain.label,
    read: async () => (await keychain.read().catch(() => null)) ?? file.read(),
    async patch(edits) {
      try {
        await keychain.patch((text) => edits((path) => readMember(text, path)))
      } catch {
        return await file.patch(edits)
      }
      // What the file took at a time without a keychain must not come back after it was removed.
      if ((await file.read()) !== null)
        await file.patch((read) => edits(read).filter(({ value }) => value === undefined))
    },
  }
}
