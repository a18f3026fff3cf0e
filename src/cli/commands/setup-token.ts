import { defineSubcommand } from "../define-subcommand.ts"

export const setupTokenCommand = defineSubcommand({
  meta: {
    name: "setup-token",
    description: "Create a long-lived sign-in token and print it; needs your own OAuth client",
  },
  args: { "no-browser": { type: "boolean", description: "Print the address instead of opening a browser" } },
  async run({ rawArgs }) {
    const { setupToken } = await import("../auth-login.ts")
    return setupToken({ browser: !rawArgs.includes("--no-browser") })
  },
})
