import type { CommandRow } from "./row.ts"

// Not here: tools that run a version of themselves which the project names (`yarnPath`, `rust-toolchain.toml`,
// `.mvn/jvm.config`, `global.json`, a local `jest`, `.poetry/plugins`), even to print their version.
const VERSION_TOOLS = `node npm bun deno npx python python3 pip pip3 ruby gem perl php java javac kotlin
   go gcc g++ clang cmake make ninja docker podman kubectl helm terraform git gh tsc eslint prettier biome tsx
   curl wget jq rg bash zsh swift ghc elixir psql mysql sqlite3 redis-cli aws gcloud az uv ffmpeg`.split(
  /\s+/,
)

/** Commands that tell about the system and the tools on it. */
export const SYSTEM_ROWS: readonly CommandRow[] = [
  {
    names: ["which", "type", "command -v", "command -V"],
    options: "-a -t -p -P -f -s",
    operands: ["name"],
    free: ["which node", "type -a ls", "command -v git", "which node npm"],
    asks: ["which $X", "command ./x"],
  },
  {
    names: ["whoami", "nproc", "arch", "tty", "groups", "logname", "users", "uptime"],
    options: "-p -s --all",
    free: ["whoami", "nproc"],
    asks: ["whoami > a"],
  },
  {
    names: ["id"],
    options: "-u -g -G -n -r -z --user --group --groups --name",
    operands: ["name"],
    free: ["id", "id -un"],
    asks: ["id $X"],
  },
  {
    names: ["uname"],
    options: "-a -s -n -r -v -m -p -i -o --all --kernel-name --machine",
    free: ["uname -a", "uname -sm"],
    asks: ["uname x"],
  },
  {
    names: ["hostname"],
    options: "-s -f -i -I -d",
    free: ["hostname", "hostname -f"],
    asks: ["hostname evil", "hostname -F file"],
  },
  { names: ["free"], options: "-b -k -m -g -h -t -w --human", free: ["free -h"], asks: ["free -s 1"] },
  {
    names: ["cal"],
    options: "-1 -3 -y -m -j",
    operands: ["number"],
    free: ["cal", "cal 2024"],
    asks: ["cal $X"],
  },
  { names: ["locale"], options: "-a -m", free: ["locale"], asks: ["locale LC_ALL"] },
  {
    names: ["date"],
    options:
      "-d:text -I?text -R -u -j --date:text --iso-8601?text --rfc-3339:text --rfc-email --utc --universal",
    operands: ["plus"],
    free: ["date", "date +%Y-%m-%d", "date -u +%s", "date -d yesterday", "date --iso-8601=seconds"],
    asks: ["date 010100002000", "date -s now", "date --set=now", "date -f file", "date -r /etc/passwd"],
  },
  {
    // Without a dash `e` shows the environment of the processes.
    names: ["ps"],
    options:
      "-A -a -d -e -f -F -j -l -L -H -m -T -w -x -y -M -c -N -o:text -O:text -p:text -u:text -U:text -C:text -t:text -g:text -G:text -s:text --pid:text --ppid:text --user:text --sort:text --forest --no-headers --headers --cols:number",
    operands: ["text"],
    most: 1,
    power: true,
    check: (c) =>
      c.operands.every((o) => /^[aAcfghjlmrsTtuvwx]+$|^\d+$/.test(o.text)) &&
      !c.options.some((o) => /environ/i.test(o.value?.text ?? "")),
    free: [
      "ps",
      "ps aux",
      "ps -ef",
      "ps aux | grep node",
      "ps -p 1 -o pid,cmd",
      "ps -eo pid,comm --sort=-rss",
    ],
    asks: ["ps e", "ps auxe", "ps eww", "ps -E", "ps $X", "ps aux e", "ps -o pid,environ", "ps --cumulative"],
  },
  {
    names: ["pgrep"],
    options:
      "-a -c -f -i -l -n -o -u:text -x -P:text -d:text -v --count --full --list-name --list-full --ignore-case",
    operands: ["text"],
    power: true,
    free: ["pgrep -fl node", "pgrep -a bun"],
    asks: ["pgrep --signal 9 x", "pgrep -F pidfile", "pkill node"],
  },
  {
    names: ["lsof"],
    options: "-i?text -n -P -t -a -l -p:text -u:text -c:text",
    operands: ["text"],
    most: 1,
    power: true,
    check: (c) => c.operands.every((o) => /^([46]?(tcp|udp)?)?(@[\w.-]+)?:[\w,-]+$/i.test(o.text)),
    free: ["lsof -i :3000", "lsof -nP -iTCP:8080", "lsof -ti :3000"],
    asks: ["lsof /etc/passwd", "lsof -D x", "lsof +D /"],
  },
  {
    names: ["ss", "netstat"],
    options:
      "-t -u -l -n -p -a -x -4 -6 -s -e -i -m -o -r -H -h --tcp --udp --listening --numeric --processes --all",
    power: true,
    free: ["ss -tlnp", "netstat -tlnp", "netstat -an"],
    asks: ["ss -K", "ss -D file", "ss -F file", "netstat --x"],
  },
  {
    names: ["lscpu", "lsblk", "vmstat"],
    options: "-e -p -J -f -a -l -S -s",
    free: ["lscpu", "lsblk -f"],
    asks: ["lscpu x", "lsblk -o x"],
  },
  {
    names: ["tput cols", "tput lines", "tput colors"],
    free: ["tput cols"],
    asks: ["tput reset", "tput -T x cols"],
  },
  {
    names: ["top"],
    options: "-b -n:number -H -i -c -o:text -p:number -u:text -w?number",
    power: true,
    check: (c) => ["-b", "-n"].every((name) => c.options.some((o) => o.name === name)),
    free: ["top -b -n 1", "top -bn1 | head -20"],
    asks: ["top", "top -b", "top -s"],
  },
  { names: ["sleep"], operands: ["number"], free: ["sleep 1", "sleep 0.5 && echo a"], asks: ["sleep $X"] },
  {
    names: VERSION_TOOLS.flatMap((t) => [`${t} --version`]),
    free: ["node --version", "git --version", "python3 --version && pip --version"],
    asks: [
      "node --version x.js",
      "node --version -e 1",
      "yarn --version",
      "pnpm --version",
      "cargo --version",
      "rustc --version",
      "rustup --version",
      "mvn --version",
      "gradle --version",
      "bundle --version",
      "composer --version",
      "dotnet --version",
      "poetry --version",
      "jest --version",
    ],
  },
  {
    names: [
      "node -v",
      "npm -v",
      "bun -v",
      "python -V",
      "python3 -V",
      "ruby -v",
      "perl -v",
      "php -v",
      "java -version",
      "tsc -v",
      "go version",
      "docker -v",
      "kubectl version --client",
    ],
    free: ["node -v", "go version", "java -version"],
    asks: ["node -v x.js", "perl -v -e 1", "ruby -v x.rb", "yarn -v", "cargo -V"],
  },
  {
    names: ["go env"],
    operands: ["name"],
    check: (c) => c.operands.every((o) => /^[A-Z0-9]+$/.test(o.text)),
    free: ["go env GOPATH"],
    asks: ["go env -w GOFLAGS=x", "go build"],
  },
  {
    names: ["pip list", "pip3 list", "pip freeze", "pip3 freeze", "pip show", "pip3 show"],
    options: "-v -f --format:text --local --user",
    operands: ["name"],
    free: ["pip list", "pip show requests"],
    asks: ["pip install x", "pip list --outdated", "pip list --log=x"],
  },
  {
    names: [
      "docker ps",
      "docker images",
      "docker container ls",
      "docker image ls",
      "docker volume ls",
      "docker network ls",
    ],
    options:
      "-a -q -s -n:number -l -f:text --all --quiet --size --no-trunc --filter:text --format:text --last:number --latest --digests",
    operands: ["name"],
    power: true,
    free: ["docker ps -a", "docker images --format '{{.ID}}'"],
    asks: ["docker run x", "docker -H tcp://x ps", "docker ps --host x"],
  },
  {
    names: ["docker logs", "docker inspect", "docker top", "docker port", "docker version", "docker info"],
    options:
      "-f -t -n:text -s --follow --tail:text --since:text --until:text --timestamps --details --format:text --size --type:text --no-color -a -q --all --quiet",
    operands: ["name"],
    power: true,
    free: ["docker logs --tail 50 web", "docker inspect web", "docker info"],
    // A compose file may include one from another host, with the environment in its address.
    asks: ["docker exec web sh", "docker compose up", "docker compose ps", "docker compose -f x.yml ps"],
  },
]
