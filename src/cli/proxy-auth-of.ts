import type { Prepared } from "./prepare.ts"

/** The setting `proxyAuthHelper`; its code is loaded when a request goes through a proxy. */
export function proxyAuthOf({
  config,
  env,
  cwd,
}: Pick<Prepared, "config" | "env" | "cwd">): (() => Promise<string>) | undefined {
  const { proxyAuthHelper: command } = config.settings
  if (typeof command !== "string" || command === "") return undefined
  let ask: Promise<() => Promise<string>> | null = null
  return async () => {
    ask ??= import("../auth/proxy-authorization.ts").then(({ proxyAuthorization }) =>
      proxyAuthorization(command, { env, cwd }),
    )
    return (await ask)()
  }
}
