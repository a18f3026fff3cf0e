/** The machines ccts is built for, and what the bundler needs to know about each. */
import { closeSync, openSync, readSync } from "node:fs"

export interface Target {
  /** As in the file name: `<os>-<arch>[-musl][-baseline]`. */
  readonly name: string
  readonly os: "linux" | "darwin" | "windows"
  readonly arch: "x64" | "arm64"
  readonly musl: boolean
  /** For processors without AVX2. */
  readonly baseline: boolean
}

/**
 * Everything the packages allow. Absent: linux-arm64-musl, for which the renderer publishes no native library
 * in the pinned version.
 */
export const targets: readonly Target[] = [
  target("linux-x64"),
  target("linux-x64-baseline"),
  target("linux-x64-musl"),
  target("linux-x64-musl-baseline"),
  target("linux-arm64"),
  target("darwin-x64"),
  target("darwin-arm64"),
  target("windows-x64"),
  target("windows-x64-baseline"),
  target("windows-arm64"),
]

function target(name: string): Target {
  const [os, arch, ...variants] = name.split("-")
  return {
    name,
    os: os as Target["os"],
    arch: arch as Target["arch"],
    musl: variants.includes("musl"),
    baseline: variants.includes("baseline"),
  }
}

/** This machine, as far as the bundled packages differ by machine; null when nothing can be built for it. */
export function hostTarget(): Target | null {
  const os = process.platform === "win32" ? "windows" : process.platform
  const name = `${os}-${process.arch}${os === "linux" && isMuslRuntime() ? "-musl" : ""}`
  return targets.find((each) => each.name === name) ?? null
}

/** What Node and the packages call the operating system. */
export function platformOf({ os }: Target): string {
  return os === "windows" ? "win32" : os
}

/** The runtime that is running names its dynamic loader near the start of its file. */
function isMuslRuntime(): boolean {
  const head = Buffer.alloc(8192)
  const file = openSync(process.execPath, "r")
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  return head.includes("ld-musl-")
}
