/** Things of the host that an attempt might reach: two ports, a local socket and a process. */
import { rmSync } from "node:fs"
import { join } from "node:path"

export interface Listeners {
  readonly env: Readonly<Record<string, string>>
  /** What was reached since the last `restart`. */
  reached(): string[]
  restart(): Promise<void>
  close(): void
}

/** The process lives no longer than this, whatever becomes of us. */
const LIFE_S = 600

export async function openListeners(folder: string): Promise<Listeners> {
  const reached = new Set<string>()
  const tcp = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        reached.add("a port of the host was reached")
        socket.end()
      },
      data() {},
    },
  })
  const udp = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: () => void reached.add("a datagram reached the host") },
  })
  const path = join(folder, "host.sock")
  const local = Bun.listen({
    unix: path,
    socket: {
      open(socket) {
        reached.add("a local socket of the host was reached")
        socket.end()
      },
      data() {},
    },
  })
  const start = () => Bun.spawn(["sleep", String(LIFE_S)], { stdio: ["ignore", "ignore", "ignore"] })
  let host = start()
  return {
    get env() {
      return { TCP: String(tcp.port), UDP: String(udp.port), SOCK: path, HOST: String(host.pid) }
    },
    reached: () => [
      ...reached,
      ...(host.exitCode === null && host.signalCode === null ? [] : ["a process of the host was ended"]),
    ],
    async restart() {
      reached.clear()
      if (host.exitCode !== null || host.signalCode !== null) host = start()
    },
    close() {
      host.kill("SIGKILL")
      tcp.stop(true)
      udp.close()
      local.stop(true)
      rmSync(path, { force: true })
    },
  }
}
