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

/** One item, as JSON text. Nothing is written over what could not be read: both reject with what the system says. */
export interface KeychainItem {
  readonly label: string
  /** Null when there is none. */
  read(): Promise<string | null>
  /** Everything that is not named stays as it is. */
  patch(edits: (text: Buffer) => readonly JsonEdit[]): Promise<void>
}

export function keychainItem(keyring: Keyring, service: string, account: string): KeychainItem {
  const read = async () => (await (await keyring.open(service, account)).getPassword()) ?? null
  return {
    label: `keychain item ${service}`,
    read,
    async patch(edits) {
      let text = Buffer.from((await read()) ?? "{}")
      const wanted = edits(text)
      if (wanted.length === 0) return
      for (const edit of wanted) text = Buffer.from(setMember(text, edit.path, edit.value))
      await (await keyring.open(service, account)).setPassword(text.toString())
    },
  }
}

export function keychainStore(keyring: Keyring, service: string, account: string): LoginStore {
  const item = keychainItem(keyring, service, account)
  let trouble: string | null = null
  return {
    label: item.label,
    get trouble() {
      return trouble
    },
    async read() {
      try {
        const text = await item.read()
        trouble = null
        return text === null ? null : parseLogin(text)
      } catch (error) {
        trouble = `the keychain did not give ${service}: ${error instanceof Error ? error.message : String(error)}`
        return null
      }
    },
    write: (login) => item.patch(() => editsOf(login)),
    async clear() {
      // There is nothing to take out of an item that is not there.
      if ((await item.read()) !== null)
        await item.patch(() => [{ path: ["claudeAiOauth"], value: undefined }])
    },
  }
}
