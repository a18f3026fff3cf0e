/** Where secrets lie as one JSON object: a 0600 file, on macOS a keychain item. Only named members are changed. */
import { readFile, stat } from "node:fs/promises"
import { userInfo } from "node:os"
import { join } from "node:path"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { readMember, setMember } from "../lib/json-text.ts"
import { type JsonEdit, patchJson } from "../lib/patch-json.ts"
import { keychainService } from "./login-store.ts"

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
export function ownSecrets(paths: ConfigPaths, env: Env): SecretPlace {
  const file = secretFile(join(paths.ownDir, "credentials.json"))
  if (process.platform !== "darwin") return file
  const keychain = secretKeychain(keychainService(paths, "ccts-credentials"), accountOf(env))
  return {
    label: keychain.label,
    read: async () => (await keychain.read()) ?? file.read(),
    async patch(edits) {
      try {
        await keychain.patch(edits)
      } catch {
        return await file.patch(edits)
      }
      // What the file took at a time without a keychain must not come back after it was removed.
      if ((await file.read()) !== null)
        await file.patch((read) => edits(read).filter(({ value }) => value === undefined))
    },
  }
}

function accountOf(env: Env): string {
  return env.USER || userInfo().username
}

function secretKeychain(service: string, account: string): SecretPlace {
  const entry = async () => {
    // Stated here as well, so that builds for other systems leave the library out.
    if (process.platform !== "darwin") throw new Error("no keychain on this system")
    const { AsyncEntry } = await import("@napi-rs/keyring")
    return new AsyncEntry(service, account)
  }
  const read = async (): Promise<string | null> => {
    try {
      return (await (await entry()).getPassword()) ?? null
    } catch {
      return null
    }
  }
  return {
    label: `keychain item ${service}`,
    read,
    async patch(edits) {
      let text = Buffer.from((await read()) ?? "{}")
      const wanted = edits((path) => readMember(text, path))
      if (wanted.length === 0) return
      for (const edit of wanted) text = Buffer.from(setMember(text, edit.path, edit.value))
      await (await entry()).setPassword(text.toString())
    },
  }
}
