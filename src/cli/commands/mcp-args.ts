/** The words after `mcp add`: options may stand before, between and after the name; what follows `--` is the server's. */
export interface AddArgs {
  readonly name: string
  readonly target: string
  readonly args: readonly string[]
  readonly scope: string
  readonly transport: string
  readonly env: readonly string[]
  readonly headers: readonly string[]
  readonly clientId?: string
  readonly callbackPort?: number
  /** It is asked for, or in MCP_CLIENT_SECRET; never on the command line. */
  readonly clientSecret: boolean
}

type Option = "scope" | "transport" | "env" | "headers" | "clientId" | "callbackPort"

const VALUES: Readonly<Record<string, Option>> = {
  "-s": "scope",
  "--scope": "scope",
  "-t": "transport",
  "--transport": "transport",
  "-e": "env",
  "--env": "env",
  "-H": "headers",
  "--header": "headers",
  "--client-id": "clientId",
  "--callback-port": "callbackPort",
}

/** Throws one line naming what is wrong. */
export function readAddArgs(words: readonly string[]): AddArgs {
  const plain: string[] = []
  const given: Record<Option, string[]> = {
    scope: [],
    transport: [],
    env: [],
    headers: [],
    clientId: [],
    callbackPort: [],
  }
  let clientSecret = false
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      plain.push(...rest)
      break
    }
    // After a command everything is the server's; an address has no arguments.
    const remote = given.transport.at(-1) === "http" || given.transport.at(-1) === "sse"
    if (!word.startsWith("-") || (plain.length >= 2 && !remote)) {
      plain.push(word)
      continue
    }
    if (word === "--client-secret") {
      clientSecret = true
      continue
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1
    const option = VALUES[equals < 0 ? word : word.slice(0, equals)]
    if (option === undefined) throw new Error(`error: unknown option '${word}'`)
    const value = equals < 0 ? rest.shift() : word.slice(equals + 1)
    if (value === undefined) throw new Error(`error: option '${word}' needs a value`)
    given[option].push(value)
    // `-e A=1 B=2 name` and `-H "A: 1" "B: 2" name`: further pairs belong to it.
    if (option === "env") while (/^[A-Za-z_]\w*=/.test(rest[0] ?? "")) given.env.push(rest.shift() ?? "")
    if (option === "headers") while (/^[\w-]+:\s/.test(rest[0] ?? "")) given.headers.push(rest.shift() ?? "")
  }
  const [name, target, ...args] = plain
  if (name === undefined) throw new Error("error: missing required argument 'name'")
  if (target === undefined) throw new Error("error: missing required argument 'commandOrUrl'")
  const port = given.callbackPort.at(-1)
  const [clientId] = given.clientId.slice(-1)
  return {
    name,
    target,
    args,
    ...(clientId !== undefined && { clientId }),
    ...(port !== undefined && { callbackPort: readPort(port) }),
    clientSecret,
    scope: given.scope.at(-1) ?? "local",
    transport: given.transport.at(-1) ?? "stdio",
    env: given.env,
    headers: given.headers,
  }
}

export function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`Invalid callback port: ${text} (expected 1 to 65535)`)
  return port
}

/** The entry that `mcp add` writes. Throws one line naming what is wrong. */
export function entryOf(given: AddArgs): object {
  const { transport, target, args, env, headers, clientId, callbackPort, clientSecret } = given
  const oauth = {
    ...(clientId !== undefined && { clientId }),
    ...(callbackPort !== undefined && { callbackPort }),
  }
  const signsIn = Object.keys(oauth).length > 0 || clientSecret
  switch (transport) {
    case "stdio":
      if (signsIn)
        throw new Error("--client-id, --client-secret and --callback-port are for http and sse servers")
      if (headers.length > 0) throw new Error("--header is for http and sse servers; use -t http or -t sse")
      return { type: "stdio", command: target, args, env: pairs(env, "=", "-e") }
    case "http":
    case "sse": {
      if (!URL.canParse(target)) throw new Error(`Invalid URL: ${target}`)
      if (clientSecret && clientId === undefined) throw new Error("--client-secret needs --client-id")
      return {
        type: transport,
        url: target,
        ...(headers.length > 0 && { headers: pairs(headers, ":", "-H") }),
        ...(Object.keys(oauth).length > 0 && { oauth }),
      }
    }
    default:
      throw new Error(`Invalid transport type: ${transport}. Must be one of: stdio, sse, http`)
  }
}

function pairs(texts: readonly string[], mark: string, option: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(mark)
      if (at <= 0) throw new Error(`Invalid value for ${option}: ${text} (expected name${mark}value)`)
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    }),
  )
}
