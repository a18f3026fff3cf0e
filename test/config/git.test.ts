import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { currentBranch, gitSnapshot, runGit } from "../../src/config/git.ts"
import { tempDir } from "../sessions/support.ts"

function repository() {
  const dir = tempDir()
  const git = (...args: string[]) => {
    const done = Bun.spawnSync(["git", "-C", dir.path, "-c", "user.name=a", "-c", "user.email=a@b", ...args])
    if (done.exitCode !== 0) throw new Error(done.stderr.toString())
  }
  git("init", "-q", "-b", "topic/one")
  writeFileSync(join(dir.path, "a.txt"), "a")
  git("add", ".")
  git("commit", "-qm", "First commit")
  return { path: dir.path, git, [Symbol.dispose]: () => dir[Symbol.dispose]() }
}

describe("what git says about a folder", () => {
  test("branch, changes and commits", async () => {
    using it = repository()
    writeFileSync(join(it.path, "b.txt"), "b")
    mkdirSync(join(it.path, "below"))
    expect(await gitSnapshot(join(it.path, "below"), { env: process.env })).toMatchObject({
      root: it.path,
      branch: "topic/one",
      mainBranch: null,
      status: "?? ../b.txt",
      commits: [expect.stringMatching(/^[0-9a-f]{7,} First commit$/)],
    })
    expect(currentBranch(join(it.path, "below"))).toBe("topic/one")
    it.git("checkout", "-q", "--detach")
    expect(currentBranch(it.path)).toBe("HEAD")
  })

  test("is nothing outside of a repository, and in a pretended one", async () => {
    using dir = tempDir()
    expect(await gitSnapshot(dir.path, { env: process.env })).toBeNull()
    mkdirSync(join(dir.path, ".git"))
    writeFileSync(join(dir.path, ".git/HEAD"), "garbage")
    expect(await gitSnapshot(dir.path, { env: process.env })).toBeNull()
    expect(currentBranch(dir.path)).toBeNull()
  })

  test("runs nothing that the repository's configuration names", async () => {
    using it = repository()
    const marker = join(it.path, "ran")
    const run = `touch ${marker}; cat`
    writeFileSync(join(it.path, ".git/info/attributes"), "* filter=evil.one\n")
    for (const [key, value] of [
      ["core.fsmonitor", run],
      ["core.pager", run],
      ["filter.evil.one.clean", run],
      ["filter.evil.one.process", run],
      ["filter.evil.one.required", "true"],
      ["log.showSignature", "true"],
      ["gpg.program", run],
      ["diff.external", run],
    ] as const) {
      it.git("config", key, value)
    }
    // Same size, new time: git must read the file through its filter to compare.
    await Bun.sleep(5)
    writeFileSync(join(it.path, "a.txt"), "z")
    const snapshot = await gitSnapshot(it.path, {
      env: { ...process.env, GIT_EXTERNAL_DIFF: run, GIT_DIR: "/nowhere" },
    })
    expect(snapshot?.status).toContain("a.txt")
    expect(snapshot?.commits).toHaveLength(1)
    expect(existsSync(marker)).toBe(false)
    // The bait is real: a plain call takes it.
    Bun.spawnSync(["git", "-C", it.path, "status"])
    expect(existsSync(marker)).toBe(true)
  })

  test("ends at its deadline, and with its signal", async () => {
    using it = repository()
    const bin = join(it.path, "bin")
    mkdirSync(bin)
    writeFileSync(join(bin, "git"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 })
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    expect(await runGit(it.path, ["status"], { env, timeoutMs: 50 })).toBeNull()
    const gone = AbortSignal.abort(new Error("stop"))
    await expect(runGit(it.path, ["status"], { env: process.env, signal: gone })).rejects.toThrow("stop")
  })
})
