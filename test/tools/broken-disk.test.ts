/** The tools on a disk that is full, read-only or somebody else's: told in words, nothing lost, nothing left behind. */
import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const fixture = join(import.meta.dir, "fixtures/on-disk.ts")
const folder = mkdtempSync(join(tmpdir(), "ccts-disk-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mayMount = Bun.spawnSync(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).exitCode === 0
const SOMEBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
/** Another user can be had, and may read this project. */
const hasSomebody =
  process.getuid?.() === 0 &&
  Bun.which("setpriv") !== null &&
  Bun.spawnSync([...SOMEBODY, "sh", "-c", `test -x '${process.execPath}' && test -r '${fixture}'`])
    .exitCode === 0

/** A small disk of its own on `folder`, seen by these commands only. */
function on(prepare: string, as: readonly string[] = []) {
  const script = `mount -t tmpfs -o size=64k none '${folder}' && cd '${folder}' && echo hello > known.txt && mkdir closed && echo x > closed/x && ${prepare} && ${[...as, `'${process.execPath}'`, `'${fixture}'`, `'${folder}'`].join(" ")} && ls -A '${folder}' | tr '\\n' ' ' && cat '${folder}/known.txt'`
  const child = Bun.spawnSync(["unshare", "-rm", "sh", "-c", script], { timeout: 60_000 })
  const lines = child.stdout.toString().split("\n")
  if (child.exitCode !== 0) throw new Error(child.stderr.toString())
  const answers = lines.filter((line) => line.startsWith('"')).map((line): string => JSON.parse(line))
  return { answers, left: lines.slice(answers.length).join("\n") }
}

describe.skipIf(!mayMount)("a disk that is", () => {
  test("full: the old content stays, output is shown without its file", () => {
    const { answers, left } = on("true")
    const [edit, write, batch, task, printed, failing, ...rest] = answers
    expect([edit, write, batch, task]).toEqual([
      "ERROR Nothing was written: No space is left on the device: $CWD/known.txt cannot be written.",
      "ERROR Nothing was written: No space is left on the device: $CWD/new/er.txt cannot be written.",
      "ERROR Nothing was changed: No space is left on the device: one of the files cannot be written.",
      "ERROR No space is left on the device: $CWD/tasks cannot be written.",
    ])
    expect(printed).toMatch(
      /^OK 1\n2\n[\s\S]*\n\n\.\.\. \[\d+ characters truncated\] \.\.\.\n\n[\s\S]*\n30000$/,
    )
    expect(failing).toMatch(/^ERROR Exit code 3\n1\n2\n[\s\S]*\n30000$/)
    expect(rest).toEqual(["OK - $CWD/closed/\n  - x", "OK No files found", "OK closed/x", "OK 1\tx\n2\t"])
    expect(left).toMatch(/^(?!.*\bnew\b)(?!.*\bother\b)(?!.*\.tmp).*known\.txt.*hello/)
  })
  test("read-only", () => {
    const { answers, left } = on(`mount -o remount,ro '${folder}'`)
    expect(answers.slice(0, 4)).toEqual([
      "ERROR Nothing was written: Read-only file system: $CWD/known.txt cannot be written.",
      "ERROR Nothing was written: Read-only file system: $CWD/new/er.txt cannot be written.",
      "ERROR Nothing was changed: Read-only file system: $CWD/known.txt cannot be written.",
      "ERROR Read-only file system: $CWD/tasks cannot be written.",
    ])
    expect(answers[4]).toMatch(/^OK 1\n2\n[\s\S]*\n30000$/)
    expect(left).toBe("closed known.txt hello\n")
  })
  test.skipIf(!hasSomebody)("somebody else's", () => {
    // Where everybody may go, in a view of the file system that only this command has.
    const script = `mount -t tmpfs -o size=64k none /mnt && cd /mnt && echo hello > known.txt && mkdir closed && chmod 700 closed && chmod 755 . && TMPDIR=/var/tmp ${SOMEBODY.join(" ")} '${process.execPath}' '${fixture}' /mnt`
    const child = Bun.spawnSync(["unshare", "-m", "sh", "-c", script], { timeout: 60_000 })
    const answers = child.stdout
      .toString()
      .split("\n")
      .filter((line) => line.startsWith('"'))
      .map((line): string => JSON.parse(line))
    expect([...answers.slice(0, 4), ...answers.slice(6)]).toEqual([
      "ERROR Nothing was written: Permission denied: $CWD/known.txt cannot be written.",
      "ERROR Nothing was written: Permission denied: $CWD/new/er.txt cannot be written.",
      "ERROR Nothing was changed: Permission denied: $CWD/known.txt cannot be written.",
      "ERROR Permission denied: $CWD/tasks cannot be written.",
      "ERROR Permission denied: $CWD/closed cannot be listed.",
      "ERROR Permission denied: $CWD/closed cannot be listed.",
      "ERROR Permission denied: $CWD/closed cannot be listed.",
      "ERROR Permission denied: $CWD/closed/x cannot be read.",
    ])
  })
})
