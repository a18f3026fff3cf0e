/** Run by starts.test.ts in many processes at once: starts of the program that find a stored login and ask for its headers. */
import { resolveCredential } from "../../src/auth/resolve.ts"
import { configPaths } from "../../src/config/paths.ts"

const [home = "", oauth = "{}", times = "0"] = process.argv.slice(2)
const paths = configPaths({}, { home })
const tokens = await Promise.all(
  Array.from({ length: Number(times) }, async () => {
    const credential = await resolveCredential({
      env: {},
      settings: { oauth: JSON.parse(oauth) },
      paths,
      agreed: true,
    })
    return (await credential?.headers())?.authorization
  }),
)
console.log([...new Set(tokens)].join(" "))
