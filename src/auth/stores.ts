/** Where logins lie on this system: the macOS keychain first where there is one, else files. */
import { userInfo } from "node:os"
import { join } from "node:path"
import type { ConfigPaths, Env } from "../config/paths.ts"
import { type Keyring, keychainStore, systemKeyring } from "./keychain.ts"
import { fileStore, keychainService, type LoginStore } from "./login-store.ts"

/** The login of another program, where it keeps it. Where the keychain holds nothing, the file counts. */
export function loginStore(
  paths: ConfigPaths,
  env: Env,
  keyring: Keyring | null = systemKeyring(),
): LoginStore {
  const file = fileStore(paths.credentialsFile)
  if (keyring === null) return file
  const keychain = keychainStore(keyring, keychainService(paths), accountName(env))
  let inUse: LoginStore = keychain
  return {
    get label() {
      return inUse.label
    },
    get trouble() {
      return keychain.trouble ?? null
    },
    async read() {
      const found = await keychain.read()
      inUse = found ? keychain : file
      return found ?? file.read()
    },
    write: (login) => inUse.write(login),
    clear: () => inUse.clear(),
  }
}

/** Logins that ccts itself made, apart from those of other programs: a 0600 file, on macOS a keychain item of our own. */
export function ownStore(
  paths: ConfigPaths,
  env: Env,
  keyring: Keyring | null = systemKeyring(),
): LoginStore {
  const file = fileStore(join(paths.ownDir, "credentials.json"))
  if (keyring === null) return file
  const keychain = keychainStore(keyring, keychainService(paths, "ccts-credentials"), accountName(env))
  return {
    label: keychain.label,
    get trouble() {
      return keychain.trouble ?? null
    },
    read: async () => (await keychain.read()) ?? file.read(),
    // A keychain that takes nothing (denied, locked, too long) is no reason to sign in in vain.
    write: (login) => keychain.write(login).catch(() => file.write(login)),
    clear: async () => {
      if ((await keychain.read()) !== null) await keychain.clear()
      if ((await file.read()) !== null) await file.clear()
    },
  }
}

/** Whose items they are. */
export function accountName(env: Env): string {
  return env.USER || userInfo().username
}
