/**
 * A bundler plugin that leaves out what ccts never runs: the renderer's syntax-tree worker with its grammars (5 MB, and
 * a worker of 50 MB at run time), and the keyring's search for a native library, of which one binary has exactly one.
 */

import { existsSync } from "node:fs"
import { join } from "node:path"
import type { BunPlugin } from "bun"
import { platformOf, type Target } from "./target.ts"

const unusedAssets =
  /(?:^|\/)(?:tree-sitter[\w-]*\.wasm|[\w-]+\.scm)$|^@opentui\/core\/parser\.worker$|^web-tree-sitter$/

const keyringNames = ["AsyncEntry", "Entry", "findCredentials", "findCredentialsAsync"]

export interface LeanOptions {
  readonly target: Target
  /** Folders with a `node_modules` to take native packages from, best first. */
  readonly packages: readonly string[]
}

export function lean({ target, packages }: LeanOptions): BunPlugin {
  return {
    name: "lean",
    setup(build) {
      build.onResolve({ filter: unusedAssets }, ({ path }) => ({ path, namespace: "unused" }))
      build.onLoad({ filter: /.*/, namespace: "unused" }, () => ({
        contents: 'export default ""',
        loader: "js",
      }))

      // The renderer's loader names the glibc package behind a dead branch of musl builds, too.
      const renderer = `@opentui/core-${platformOf(target)}-${target.arch}${target.musl ? "-musl" : ""}`
      build.onResolve({ filter: /^@opentui\/core-(?:linux|darwin|win32)-/ }, ({ path }) =>
        path === renderer
          ? { path: nativePackage(packages, path, "index.bun.js") }
          : { path, namespace: "unused" },
      )

      build.onResolve({ filter: /^@napi-rs\/keyring$/ }, ({ path }) => ({ path, namespace: "keyring" }))
      build.onLoad({ filter: /.*/, namespace: "keyring" }, () => ({
        contents: keyringModule(packages, target),
        loader: "js",
      }))
    },
  }
}

function keyringModule(packages: readonly string[], target: Target): string {
  const platform = keyringPlatform(target)
  const addon = nativePackage(packages, `@napi-rs/keyring-${platform}`, `keyring.${platform}.node`)
  const names = keyringNames.map((name) => `export const ${name} = native.${name}`)
  return [`import native from ${JSON.stringify(addon)}`, ...names].join("\n")
}

function keyringPlatform(target: Target): string {
  const libc = { linux: target.musl ? "-musl" : "-gnu", darwin: "", windows: "-msvc" }[target.os]
  return `${platformOf(target)}-${target.arch}${libc}`
}

function nativePackage(packages: readonly string[], name: string, file: string): string {
  const paths = packages.map((folder) => join(folder, "node_modules", name, file))
  const found = paths.find((path) => existsSync(path))
  if (found === undefined)
    throw new Error(`package ${name} is not installed; delete node_modules and try again`)
  return found
}
