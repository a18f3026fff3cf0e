import type { ArgsDef, CommandDef } from "citty"

/** A citty command whose argument types are checked here and erased for the registry. */
export function defineSubcommand<const T extends ArgsDef>(command: CommandDef<T>): CommandDef {
  // citty hands each command the arguments of its own table, so the erased type is never relied upon.
  return command as unknown as CommandDef
}
