import { expect, test } from "bun:test"
import { join } from "node:path"
import { startGroup } from "../../src/lib/process.ts"

const env = { PATH: process.env.PATH ?? "" }
function bash(command: string) {
  const out: string[] = []
  const group = startGroup({
    argv: ["bash", "-c", command],
    cwd: "/",
    env,
    onData: (_stream, chunk) => void out.push(new TextDecoder().decode(chunk)),
  })
  return { group, out }
}
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test.concurrent("a child leads a session of its own", async () => {
  const { group, out } = bash("ps -o sid= -p $$ 2>/dev/null || cut -d' ' -f6 /proc/$$/stat")
  expect(await group.ended).toEqual({ code: 0, signal: null })
  expect(Number(out.join(""))).toBe(group.pid)
})

test.concurrent("stopping reaches grandchildren and ends who ignores TERM", async () => {
  const { group, out } = bash("trap '' TERM; sleep 60 & echo $!; wait; sleep 60")
  while (out.length === 0) await Bun.sleep(5)
  const grandchild = Number(out.join(""))
  group.stop()
  expect((await group.ended).code).toBe(137)
  while (isAlive(grandchild)) await Bun.sleep(5)
}, 10_000)

test.concurrent("a signal reads like in a shell", async () => {
  expect(await bash("kill -TERM $$").group.ended).toEqual({ code: 143, signal: "SIGTERM" })
})

test.concurrent("all output of a quick command arrives", async () => {
  const { group, out } = bash("seq 1 50000")
  await group.ended
  expect(out.join("").length).toBe(288_894)
})

test.concurrent("the end of the program reaches every group", async () => {
  const program = `
    import { endAllGroups, startGroup } from ${JSON.stringify(join(import.meta.dir, "../../src/lib/process.ts"))}
    const ready = Promise.withResolvers()
    startGroup({ argv: ["bash", "-c", "sleep 60 & echo $!; wait"], cwd: "/", env: process.env,
      onData: (_, chunk) => ready.resolve(new TextDecoder().decode(chunk)) })
    console.log((await ready.promise).trim())
    await endAllGroups()`
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "ignore" })
  const grandchild = Number(await child.stdout.text())
  await child.exited
  expect(grandchild).toBeGreaterThan(1)
  while (isAlive(grandchild)) await Bun.sleep(5)
}, 10_000)

test.concurrent("who leaves the group by setsid is ended with it, and at the end of the program", async () => {
  const command = "setsid bash -c 'trap \"\" HUP; echo $$; exec sleep 60 >/dev/null 2>&1' & wait $!; sleep 60"
  const { group, out } = bash(command)
  while (out.length === 0) await Bun.sleep(5)
  const escaped = Number(out.join(""))
  expect(escaped).toBeGreaterThan(1)
  group.stop()
  await group.ended
  while (isAlive(escaped)) await Bun.sleep(5)
  const program = `
    import { killAllGroupsNow, startGroup } from ${JSON.stringify(join(import.meta.dir, "../../src/lib/process.ts"))}
    const ready = Promise.withResolvers()
    process.on("exit", killAllGroupsNow)
    startGroup({ argv: ["bash", "-c", ${JSON.stringify(command)}], cwd: "/", env: process.env,
      onData: (_, chunk) => ready.resolve(new TextDecoder().decode(chunk)) })
    console.log((await ready.promise).trim())
    process.exit(0)`
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "ignore" })
  const other = Number(await child.stdout.text())
  await child.exited
  expect(other).toBeGreaterThan(1)
  while (isAlive(other)) await Bun.sleep(5)
}, 10_000)
