import type { CommandContext } from "./command.ts"

/** Says what came of work that takes a while, or in one line why nothing did; `null` says nothing. */
export function tell(
  { notice, changed }: Pick<CommandContext, "notice" | "changed">,
  work: Promise<string | null>,
  level: "info" | "success" = "info",
): void {
  work
    .then(
      (text) => (text === null ? undefined : notice(level, text)),
      (error: unknown) => notice("error", error instanceof Error ? error.message : String(error)),
    )
    .finally(changed)
}
