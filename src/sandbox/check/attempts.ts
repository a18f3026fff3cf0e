/**
 * What the self-test tries. Each script runs in bash in the project's folder with these variables: OUT (a folder
 * beside the project), SECRET (a file that may not be read), TCP and UDP (ports of listeners on the host), SOCK and
 * ABSTRACT (local sockets of the host), HOST (a process of the host), MARK (a word to find leftovers by), EXE (ccts).
 * A script prints ESCAPED where only it can know; files, sockets and processes are looked at from outside.
 */
export interface Attempt {
  readonly name: string
  readonly group: "files" | "reading" | "our files" | "network" | "processes" | "kernel" | "work"
  readonly script: string
  /** `blocked`, or for ordinary work `works` (the script then prints WORKED). */
  readonly expected: "blocked" | "works"
  /** Programs the attempt cannot do without; skipped where one is missing. */
  readonly needs?: readonly string[]
  /** Without a sandbox this must get through, or the attempt proves nothing; false where that would do harm or depends on rights. */
  readonly provable: boolean
  readonly only?: "linux-x64"
}

export const ATTEMPTS: readonly Attempt[] = [
  files("write a new file outside", 'echo x > "$OUT/new.txt"'),
  files("write outside by a path with ..", "echo x > ../outside/new.txt"),
  files("write outside through a link to a folder", 'ln -s "$OUT" way && echo x > way/new.txt'),
  files("write outside through a link to a file", 'ln -s "$OUT/target.txt" way && echo x > way'),
  files("write outside through a hard link", 'ln "$OUT/target.txt" way && echo x >> way'),
  files("append to a file outside", 'echo x >> "$OUT/target.txt"'),
  files("rename over a file outside", 'echo x > mine && mv -f mine "$OUT/target.txt"'),
  files("move a file of outside into the project", 'mv "$OUT/target.txt" .'),
  files("remove a file outside", 'rm -f "$OUT/target.txt"'),
  files("remove a folder outside", 'rm -rf "$OUT/folder"'),
  files("change the mode of a file outside", 'chmod 777 "$OUT/target.txt"'),
  files("write outside through /proc/self/root", 'echo x > "/proc/self/root$OUT/new.txt"'),
  files("write outside through /proc/self/cwd", "cd / && echo x > /proc/self/cwd$OUT/new.txt"),
  files(
    "turn the temporary folder into a link outside",
    'rm -rf "$TMPDIR"; ln -sfn "$OUT" "$TMPDIR" && echo x > "$TMPDIR/new.txt"',
  ),
  files(
    "win a race with a link that changes",
    'mkdir -p a && for i in $(seq 50); do rm -rf a; ln -sfn "$OUT" a; echo x > a/new.txt; rm -rf a; mkdir -p a; done',
  ),
  files("add to the shell's start file in the home", 'echo "evil" >> "$HOME/.bashrc"'),
  files("add a key to ~/.ssh", 'echo "evil" >> "$HOME/.ssh/authorized_keys"'),
  {
    ...files("write a file into /tmp", 'f="/tmp/$MARK-tmp"; echo x > "$f"'),
    provable: false,
  },
  {
    ...files("leave a file in /dev/shm", 'echo x > "/dev/shm/$MARK-shm"'),
    provable: false,
  },
  {
    ...files(
      "write a task into /etc/cron.d",
      "echo > /etc/cron.d/$MARK && rm -f /etc/cron.d/$MARK && echo ESCAPED",
    ),
    provable: false,
  },
  { ...files("write into the executable of ccts", ': >> "$EXE" && echo ESCAPED'), provable: false },

  reading("read a file that may not be read", 'cat "$SECRET" && grep -q . "$SECRET" && echo ESCAPED'),
  reading("read it through a link", 'ln -s "$SECRET" way && grep -q . way && echo ESCAPED'),
  reading("read it through a hard link", 'ln "$SECRET" way && grep -q . way && echo ESCAPED'),
  reading("read it through /proc/self/root", 'grep -q . "/proc/self/root$SECRET" && echo ESCAPED'),
  reading("read it through the root of process 1", 'grep -q . "/proc/1/root$SECRET" && echo ESCAPED', {
    provable: false,
  }),
  reading(
    "read it inside an archive of its folder",
    'tar cf all.tar -C "$OUT" . 2>/dev/null; grep -aq "the-secret-of" all.tar && echo ESCAPED',
    { needs: ["tar"] },
  ),
  reading("read our stored login", 'grep -q . "$HOME/.claude/.credentials.json" && echo ESCAPED'),
  reading("see a secret of the environment", '[ -n "$CCTS_CHECK_SECRET" ] && echo ESCAPED'),
  reading(
    "see it in the environment of any process",
    'cat /proc/*/environ 2>/dev/null | grep -aq "environment-secret" && echo ESCAPED',
  ),

  ours(
    "make settings for this project that are not there",
    "mkdir -p .claude; echo '{}' > .claude/settings.json",
  ),
  ours("make local settings that are not there", "mkdir -p .claude; echo '{}' > .claude/settings.local.json"),
  ours(
    "move our folder away and make it anew",
    "mv .claude gone; mkdir -p .claude; echo '{}' > .claude/settings.json",
  ),
  ours(
    "make our folder a link",
    'rm -rf .claude; mkdir -p mine; echo "{}" > mine/settings.json; ln -sfn mine .claude',
  ),
  ours(
    "add a command for the model's user",
    "mkdir -p .claude/commands; echo evil > .claude/commands/evil.md",
  ),
  ours("add an MCP server", "echo '{}' > .mcp.json"),
  ours("rename a file to .mcp.json", "echo '{}' > mine && mv -f mine .mcp.json"),
  ours("change the user's settings", 'echo "{ }" > "$HOME/.claude/settings.json"'),
  ours("add a git hook", "echo evil > .git/hooks/pre-commit"),
  ours(
    "move the hooks away and make them anew",
    "mv .git/hooks gone; mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit",
  ),
  ours(
    "move the repository away and make it anew",
    "mv .git gone; mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit",
  ),
  ours("set a program in git's configuration", "printf '[core]\\n\\tfsmonitor = evil\\n' >> .git/config"),
  ours(
    "replace git's configuration by renaming",
    "cp .git/config mine; echo '[core]' >> mine; mv -f mine .git/config",
  ),
  ours("add worktree configuration", "echo '[core]' > .git/config.worktree"),
  ours(
    "add a hook to a repository further down",
    "mkdir -p sub/.git/hooks; echo evil > sub/.git/hooks/pre-commit",
  ),
  ours("make a start file of the shell", "echo evil > .bashrc"),
  ours("make editor tasks", "mkdir -p .vscode; echo '{}' > .vscode/tasks.json"),

  network(
    "reach a port of this machine",
    "exec 9<>/dev/tcp/127.0.0.1/$TCP && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&9 && sleep 0.1",
  ),
  network(
    "reach it by the name localhost",
    "exec 9<>/dev/tcp/localhost/$TCP && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&9 && sleep 0.1",
  ),
  network("send a datagram to this machine", "echo x > /dev/udp/127.0.0.1/$UDP; sleep 0.1"),
  network("reach this machine through the proxy", tunnel("127.0.0.1:$TCP"), { provable: false }),
  network("reach a host that is not listed", tunnel("example.com:443"), { provable: false }),
  network("reach a host whose name ends like a listed one", tunnel("evilallowed.invalid:443"), {
    provable: false,
  }),
  network("reach a host whose name begins like a listed one", tunnel("allowed.invalid.example.com:443"), {
    provable: false,
  }),
  network("reach a host below a listed one", tunnel("sub.allowed.invalid:443"), { provable: false }),
  network("reach the cloud's metadata", tunnel("169.254.169.254:80"), { provable: false }),
  network("use the proxy without its password", tunnel("example.com:443", "without"), { provable: false }),
  network("open a local socket of this machine", 'socat -u /dev/null "UNIX-CONNECT:$SOCK"; sleep 0.1', {
    needs: ["socat"],
  }),
  network(
    "make a local socket",
    'timeout 1 socat -u "UNIX-LISTEN:$PWD/s" /dev/null & sleep 0.3; [ -S s ] && echo ESCAPED; wait',
    { needs: ["socat", "timeout"] },
  ),
  network("take a raw socket", `perl -e 'socket(my $s, 2, 3, 1) and print "ESCAPED\\n"'`, {
    needs: ["perl"],
    provable: false,
  }),

  processes("end a process of the host", "kill -TERM $HOST && sleep 0.1"),
  processes(
    "see the processes of the host",
    "[ -d /proc/$HOST ] && grep -aq sleep /proc/$HOST/cmdline && echo ESCAPED",
  ),
  processes("leave a process behind", 'setsid sleep "31.$MARKNUM" >/dev/null 2>&1 & sleep 0.1'),
  processes(
    "leave a process behind that writes later",
    `(setsid bash -c 'sleep 0.6; echo x > "$0/later"' "$PWD" >/dev/null 2>&1 &) ; sleep 0.05`,
  ),
  processes(
    "attach to the first process",
    `perl -e 'exit(syscall(101, 16, 1, 0, 0) == 0 ? 0 : 1)' && echo ESCAPED`,
    { needs: ["perl"], only: "linux-x64", provable: false },
  ),
  processes("open the terminal that started it", "exec 9<>/dev/tty && echo ESCAPED", { provable: false }),
  processes(
    "type into the terminal (TIOCSTI)",
    `perl -e 'open(T, "+<", "/dev/tty") or exit 1; my $c = "x"; ioctl(T, 0x5412, $c) and print "ESCAPED\\n"'`,
    { needs: ["perl"], provable: false },
  ),

  kernel("mount a file system", "mount -t tmpfs none src && echo ESCAPED", { needs: ["mount"] }),
  kernel("mount a folder of outside into the project", 'mount --bind "$OUT" src && echo x > src/new.txt', {
    needs: ["mount"],
  }),
  kernel("unmount what hides a file", 'umount -l "$SECRET"; grep -q . "$SECRET" && echo ESCAPED', {
    needs: ["umount"],
  }),
  kernel(
    "unmount what protects git's configuration",
    "umount -l .git/config .git/hooks; echo evil > .git/hooks/pre-commit",
    { needs: ["umount"] },
  ),
  kernel(
    "make namespaces and unmount there",
    `unshare -Urm sh -c 'umount -l "$SECRET"; mount -o remount,rw /; cat "$SECRET" && echo ESCAPED'`,
    { needs: ["unshare"], provable: false },
  ),
  kernel(
    "make the file system writable again",
    'mount -o remount,rw,bind / ; mount -o remount,rw / ; echo x > "$OUT/new.txt"',
    { needs: ["mount"] },
  ),
  kernel("change the root and write from there", `chroot / sh -c 'echo x > "$0/new.txt"' "$OUT"`, {
    needs: ["chroot"],
    provable: false,
  }),
  kernel("make a device node of the memory", "mknod mem c 1 1 && echo ESCAPED", {
    needs: ["mknod"],
    provable: false,
  }),
  kernel("make a device node of a disk", "mknod disk b 8 0 && echo ESCAPED", {
    needs: ["mknod"],
    provable: false,
  }),
  kernel(
    "open a disk",
    "for d in /dev/sda /dev/vda /dev/nvme0n1; do [ -e $d ] && head -c1 $d >/dev/null && echo ESCAPED; done",
    { provable: false },
  ),
  kernel(
    "write a setting of the kernel",
    'v=$(cat /proc/sys/kernel/core_pattern); printf "%s" "$v" > /proc/sys/kernel/core_pattern && echo ESCAPED',
    { provable: false },
  ),
  kernel("press the system request key", "echo h > /proc/sysrq-trigger && echo ESCAPED", { provable: false }),
  kernel(
    "write below /sys",
    "f=$(ls -d /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null) && echo madvise > $f && echo ESCAPED",
    { provable: false },
  ),
  kernel("read the kernel's log", 'dmesg >/dev/null 2>&1 && [ -n "$(dmesg | head -1)" ] && echo ESCAPED', {
    needs: ["dmesg"],
    provable: false,
  }),

  work(
    "write in the project",
    "echo x > src/new.txt && mkdir -p a/b && echo y > a/b/c && rm -r a && echo WORKED",
  ),
  work("write in the temporary folder", 'f=$(mktemp) && echo x > "$f" && rm "$f" && echo WORKED'),
  work("read outside", 'grep -q original "$OUT/target.txt" && echo WORKED'),
  work("run a pipeline of programs", "seq 3 | sort -r | head -1 | grep -q 3 && echo WORKED"),
  work(
    "listen and answer inside",
    "(timeout 2 socat -u TCP-LISTEN:8123,bind=127.0.0.1,reuseaddr OPEN:got,creat &) ; sleep 0.4; echo hi > /dev/tcp/127.0.0.1/8123; sleep 0.3; grep -q hi got && echo WORKED",
    { needs: ["socat", "timeout"] },
  ),
  work("tell its exit code and its output", "(exit 7); [ $? = 7 ] && echo WORKED"),
]

interface More {
  readonly needs?: readonly string[]
  readonly provable?: boolean
  readonly only?: "linux-x64"
}

function attempt(group: Attempt["group"], expected: Attempt["expected"]) {
  return (name: string, script: string, more: More = {}): Attempt => ({
    name,
    group,
    script,
    expected,
    provable: true,
    ...more,
  })
}

function files(name: string, script: string, more?: More): Attempt {
  return attempt("files", "blocked")(name, script, more)
}
function reading(name: string, script: string, more?: More): Attempt {
  return attempt("reading", "blocked")(name, script, more)
}
function ours(name: string, script: string, more?: More): Attempt {
  return attempt("our files", "blocked")(name, script, more)
}
function network(name: string, script: string, more?: More): Attempt {
  return attempt("network", "blocked")(name, script, more)
}
function processes(name: string, script: string, more?: More): Attempt {
  return attempt("processes", "blocked")(name, script, more)
}
function kernel(name: string, script: string, more?: More): Attempt {
  return attempt("kernel", "blocked")(name, script, { provable: false, ...more })
}
function work(name: string, script: string, more?: More): Attempt {
  return attempt("work", "works")(name, script, more)
}

/** Asks the sandbox's own proxy for a tunnel; 200 would be the way out. */
function tunnel(target: string, password: "with" | "without" = "with"): string {
  const header =
    password === "with"
      ? 'a=${HTTP_PROXY#http://}; a="Proxy-Authorization: Basic $(printf %s "${a%@*}" | base64 -w0)\\r\\n"; '
      : "a=; "
  return `${header}exec 9<>/dev/tcp/localhost/3128 && printf "CONNECT ${target} HTTP/1.1\\r\\nHost: ${target}\\r\\n$a\\r\\n" >&9 && read -r -t 5 line <&9; case "$line" in *" 200"*) echo ESCAPED;; esac`
}
