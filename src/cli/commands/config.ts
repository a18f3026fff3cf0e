import { settingsHelp } from "../../config/settings-docs.ts"
import { defineSubcommand } from "../define-subcommand.ts"

const key = {
  type: "positional",
  description: "Name of the setting, such as permissions.defaultMode",
} as const
const json = { json: { type: "boolean", description: "As JSON" } } as const
const scope = {
  scope: {
    type: "string",
    default: "user",
    valueHint: "user|project|local",
    description: "Which file is written",
  },
} as const

/** `ccts config`: everything about settings from the one table of keys. */
export const configCommand = defineSubcommand({
  meta: { name: "config", description: `Show and change settings\n\n${settingsHelp()}\n` },
  subCommands: {
    get: defineSubcommand({
      meta: { name: "get", description: "Print a value; exit code 1 when it is unset" },
      args: { key, ...json },
      run: async ({ args }) =>
        (await import("../config-command.ts")).getSetting(args.key ?? "", args.json === true),
    }),
    set: defineSubcommand({
      meta: { name: "set", description: "Check a value and write it" },
      args: {
        key,
        value: { type: "positional", description: "The value; lists with commas or as JSON" },
        ...scope,
      },
      run: async ({ args }) =>
        (await import("../config-command.ts")).setSetting(args.key ?? "", args.value ?? "", args.scope),
    }),
    unset: defineSubcommand({
      meta: { name: "unset", description: "Remove a value from a file" },
      args: { key, ...scope },
      run: async ({ args }) =>
        (await import("../config-command.ts")).setSetting(args.key ?? "", undefined, args.scope),
    }),
    list: defineSubcommand({
      meta: { name: "list", description: "List what is set, and from where" },
      args: { all: { type: "boolean", description: "Also defaults and unset keys" }, ...json },
      run: async ({ args }) =>
        (await import("../config-command.ts")).listSettings({
          all: args.all === true,
          json: args.json === true,
        }),
    }),
    explain: defineSubcommand({
      meta: { name: "explain", description: "Say which layer gave a value, and what the key takes" },
      args: { key, ...json },
      run: async ({ args }) =>
        (await import("../config-command.ts")).explainSetting(args.key ?? "", args.json === true),
    }),
    schema: defineSubcommand({
      meta: { name: "schema", description: "Print the JSON schema of settings files, for editors" },
      run: async () => (await import("../config-command.ts")).printSchema(),
    }),
  },
})
