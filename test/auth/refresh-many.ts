/** Run by resolve.test.ts in several processes at once: many refreshers of one stored login. */

import { join } from "node:path"
import { fileStore } from "../../src/auth/login-store.ts"
import { refreshLogin } from "../../src/auth/refresh-login.ts"
import { secret } from "../../src/auth/secret.ts"
import { configPaths } from "../../src/config/paths.ts"

const [home = "", client = "{}", times = "0"] = process.argv.slice(2)
const paths = configPaths({}, { home })
const store = fileStore(paths.credentialsFile)
const stale = {
  accessToken: secret("access-0"),
  refreshToken: secret("refresh-0"),
  expiresAt: 0,
  scopes: [],
  subscription: null,
}
const lockFile = join(paths.configDir, ".credentials-refresh")
const logins = await Promise.all(
  Array.from({ length: Number(times) }, () =>
    refreshLogin({ store, client: JSON.parse(client), lockFile, stale }),
  ),
)
console.log([...new Set(logins.map((login) => login?.accessToken.reveal()))].join(" "))
