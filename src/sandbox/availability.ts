/** Whether this machine can contain commands, tried out and not guessed; a line for people when it cannot. */
import { existsSync } from "node:fs"
import type { SandboxPlan } from "./plan.ts"

/** The trial starts one process; where it takes longer something is broken. */
const TRIAL_MS = 5_000

/** Null when the sandbox works; otherwise why not and what to do, in one line. */
export async function whyUnavailable(
  plan: Pick<SandboxPlan, "bwrapPath" | "socatPath" | "weakerNested">,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  if (process.platform === "darwin")
    return existsSync("/usr/bin/sandbox-exec") ? null : "/usr/bin/sandbox-exec is missing"
  if (process.platform !== "linux") return `there is no sandbox for ${process.platform}`
  if (process.arch !== "x64" && process.arch !== "arm64") return `there is no sandbox for ${process.arch}`
  const bwrap = plan.bwrapPath ?? find("bwrap", env)
  const socat = plan.socatPath ?? find("socat", env)
  const missing = [
    ...(bwrap === null || !existsSync(bwrap) ? ["bubblewrap"] : []),
    ...(socat === null || !existsSync(socat) ? ["socat"] : []),
  ]
  if (missing.length > 0)
    return `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not installed (for example: apt-get install ${missing.join(" ")})`
  return tryOut(bwrap as string, plan.weakerNested, env)
}

async function tryOut(
  bwrap: string,
  weaker: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const proc = weaker ? ["--bind", "/proc", "/proc"] : ["--proc", "/proc"]
  const isolation = ["--unshare-user", "--unshare-pid", "--unshare-net"]
  try {
    const child = Bun.spawn(
      [bwrap, ...isolation, "--ro-bind", "/", "/", "--dev", "/dev", ...proc, "--", "/bin/sh", "-c", ":"],
      { cwd: "/", env: { PATH: env.PATH ?? "" }, stdio: ["ignore", "ignore", "pipe"], timeout: TRIAL_MS },
    )
    const said = (await child.stderr.text()).trim().split("\n").at(-1) ?? ""
    if ((await child.exited) === 0) return null
    return `this system does not let bubblewrap make namespaces (${said.slice(0, 200) || "no reason given"})`
  } catch (error) {
    return `bubblewrap cannot be started (${error instanceof Error ? error.message : String(error)})`
  }
}

function find(name: string, env: Readonly<Record<string, string | undefined>>): string | null {
  return Bun.which(name, { PATH: env.PATH ?? "" })
}
