import { defineSubcommand } from "../define-subcommand.ts"

/** `ccts auth`: exit codes of spec/cli.md section 3; nothing here needs a token that works. */
export const authCommand = defineSubcommand({
  meta: { name: "auth", description: "Sign in, sign out, show who pays" },
  subCommands: {
    status: defineSubcommand({
      meta: {
        name: "status",
        description: "Show which credential is used and why; exit code 1 when there is none",
      },
      args: {
        json: { type: "boolean", description: "As JSON (the default)" },
        text: { type: "boolean", description: "For people" },
      },
      async run({ args }) {
        const { showStatus } = await import("../auth-status.ts")
        return showStatus({ asText: args.text === true && args.json !== true })
      },
    }),
    login: defineSubcommand({
      meta: {
        name: "login",
        description: "Sign in with the browser, or agree to use a login that is already here",
      },
      args: {
        existing: { type: "boolean", description: "Agree to use another program's login, after the notice" },
        "no-browser": { type: "boolean", description: "Print the address instead of opening a browser" },
        claudeai: { type: "boolean", description: "Sign in with a Claude account" },
        console: { type: "boolean", description: "Sign in with a Console account" },
        email: { type: "string", description: "Filled into the sign-in page", valueHint: "address" },
        sso: { type: "boolean", description: "Sign in through the organisation" },
        json: { type: "boolean", description: "What came of it as JSON on stdout" },
      },
      async run({ args, rawArgs }) {
        const { signInFromShell } = await import("../auth-login.ts")
        return signInFromShell({
          existing: args.existing === true,
          method: args.console === true ? "console" : args.claudeai === true ? "claudeai" : null,
          asJson: args.json === true,
          browser: !rawArgs.includes("--no-browser"),
          hints: {
            ...(args.email === undefined ? {} : { login_hint: args.email }),
            ...(args.sso === true ? { login_method: "sso" } : {}),
          },
        })
      },
    }),
    logout: defineSubcommand({
      meta: { name: "logout", description: "Remove the login of ccts, and take back an agreement" },
      args: { json: { type: "boolean", description: "What was removed as JSON on stdout" } },
      async run({ args }) {
        const { signOutFromShell } = await import("../auth-login.ts")
        return signOutFromShell({ asJson: args.json === true })
      },
    }),
  },
})
