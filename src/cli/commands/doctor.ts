import { defineSubcommand } from "../define-subcommand.ts"

export const doctorCommand = defineSubcommand({
  meta: {
    name: "doctor",
    description: "Check the installation and the settings; exit code 1 when something is broken",
  },
  args: {
    json: { type: "boolean", description: "As JSON" },
    fix: { type: "boolean", description: "Mend what cannot lose anything (permissions of credential files)" },
  },
  async run({ args }) {
    const { doctor } = await import("../doctor/doctor.ts")
    return doctor({ json: args.json === true, fix: args.fix === true })
  },
})
