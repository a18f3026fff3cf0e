/** Programs that start the command in their arguments: deny and ask rules look at every word as its beginning. */

import { baseName } from "./base-name.ts"
import type { ShellWord } from "./effects.ts"

const LAUNCHERS = new Set(
  `timeout time nice nohup stdbuf command builtin noglob xargs env sudo doas exec setsid ionice flock watch chroot strace ltrace
   parallel busybox toybox unshare nsenter chrt taskset script find fd fdfind runuser su systemd-run npx bunx pnpx uvx pipx ssh trap
   eval pkexec gosu su-exec setpriv capsh prlimit numactl cpulimit cgexec systemd-inhibit caffeinate dbus-run-session xvfb-run
   firejail bwrap proot fakeroot eatmydata faketime valgrind gdb perf hyperfine entr chronic ts unbuffer rlwrap torsocks
   proxychains proxychains4 sshpass tini dumb-init linux32 linux64 setarch nocache tmux screen flatpak-spawn toolbox distrobox
   lxc-attach machinectl vagrant heroku fly watchexec nodemon sem rush catchsegv coverage winpty cmd`.split(
    /\s+/,
  ),
)

/** Programs of which only these commands start another one: `docker rm x` is not `rm x`. */
const BY_COMMAND: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    docker: new Set(["run", "exec", "create"]),
    podman: new Set(["run", "exec", "create"]),
    nerdctl: new Set(["run", "exec", "create"]),
    "docker-compose": new Set(["run", "exec"]),
    kubectl: new Set(["run", "exec", "debug"]),
    oc: new Set(["run", "exec", "debug", "rsh"]),
    npm: new Set(["exec", "x"]),
    pnpm: new Set(["exec", "dlx"]),
    yarn: new Set(["exec", "dlx"]),
    bun: new Set(["x"]),
    uv: new Set(["run", "tool"]),
    poetry: new Set(["run"]),
    pipenv: new Set(["run"]),
    pdm: new Set(["run"]),
    rye: new Set(["run"]),
    hatch: new Set(["run"]),
    conda: new Set(["run"]),
    mamba: new Set(["run"]),
    bundle: new Set(["exec"]),
    nix: new Set(["develop", "shell", "run"]),
    direnv: new Set(["exec"]),
    devbox: new Set(["run"]),
    mise: new Set(["exec", "x"]),
    asdf: new Set(["exec"]),
    ip: new Set(["exec"]),
    git: new Set(["bisect", "submodule"]),
    cargo: new Set(["watch"]),
  }),
)

/** Whether these words start another command that stands among them. */
export function launches(names: readonly string[]): boolean {
  return names.some((name, i) => {
    if (LAUNCHERS.has(name)) return true
    const commands = BY_COMMAND.get(name)
    return commands !== undefined && names.slice(i + 1).some((n) => commands.has(n))
  })
}

/** Whether the word at `at` is the name of a program that runs, as far as anybody can tell. */
export function runsAt(names: readonly string[], at: number): boolean {
  return at === 0 || (at > 0 && launches(names.slice(0, at)))
}

/** Options of git before its command that take the next word. */
const GIT_VALUED = new Set(
  "-C -c --git-dir --work-tree --namespace --exec-path --super-prefix --config-env --attr-source".split(" "),
)

/** The command without the options that stand before its own command: `git -C x push` is `git push`. */
export function withoutLeadingOptions(words: readonly ShellWord[]): readonly (readonly ShellWord[])[] {
  const [name, first] = words
  if (!name || !first?.text.startsWith("-")) return []
  const git = baseName(name.text) === "git"
  let i = 1
  let pairs = 1
  for (; i < words.length && words[i]?.text.startsWith("-"); i++) {
    if (git && GIT_VALUED.has(words[i]?.text ?? "")) i++
  }
  // Of other programs nobody knows here which options take a word: both readings count.
  if (git) return i < words.length ? [[name, ...words.slice(i)]] : []
  while (words[pairs]?.text.startsWith("-")) pairs += words[pairs]?.text.includes("=") ? 1 : 2
  return [i, pairs].filter((at) => at < words.length).map((at) => [name, ...words.slice(at)])
}
