/**
 * A login in the macOS keychain. Only an item that the system says is not there counts as none: one that it refuses to show or
 * cannot open now is left as it is, because writing over what was not read would lose what else it holds.
 */

import { setMember } from "../lib/json-text.ts"
import type { JsonEdit } from "../lib/patch-json.ts"
import { editsOf, type LoginStore, parseLogin } from "./login-store.ts"

/** The part of `@napi-rs/keyring`'s asynchronous entries that is used. */
export interface Keyring {
  open(service: string, account: string): Promise<KeyringEntry>
}

export interface KeyringEntry {
  /** Null or undefined when there is no such item. Rejects when access is denied or the keychain is locked. */
  getPassword(): Promise<string | null | undefined>
  setPassword(password: string): Promise<unknown>
}

/** Null on systems whose keyring is no place for a login. The library is loaded at the first use. */
export function systemKeyring(): Keyring | null {
  // Stated where the import is, so that builds for other systems leave the library out.
  if (process.platform !== "darwin") return null
  return {
    async open(service, account) {
      if (process.platform !== "darwin") throw new Error("no keychain on this system")
      const { AsyncEntry } = await import("@napi-rs/keyring")
      return new AsyncEntry(service, account)
    },
  }
}

export function keychainStore(keyring: Keyring, service: string, account: string): LoginStore {
  let trouble: string | null = null
  /** Null when there is none. @throws what the system says. */
  const raw = async (): Promise<string | null> =>
    (await (await keyring.open(service, account)).getPassword()) ?? null
  const patch = async (edits: readonly JsonEdit[]) => {
    let text = Buffer.from((await raw()) ?? "{}")
    for (const edit of edits) text = Buffer.from(setMember(text, edit.path, edit.value))
    await (await keyring.open(service, account)).setPassword(text.toString())
  }
  return {
    label: `keychain item ${service}`,
    get trouble() {
      return trouble
    },
    async read() {
      try {
        const text = await raw()
        trouble = null
        return text === null ? null : parseLogin(text)
      } catch (error) {
        trouble = `the keychain did not give ${service}: ${error instanceof Error ? error.message : String(error)}`
        return null
      }
    },
    write: (login) => patch(editsOf(login)),
    async clear() {
      // There is nothing to take out of an item that is not there.
      if ((await raw()) !== null) await patch([{ path: ["claudeAiOauth"], value: undefined }])
    },
  }
}
