import type { Instructions, PromptSource } from "../options.ts"
import { quoteMemory } from "./quote-memory.ts"

/** Files touched between two requests whose folders are looked at for instructions. */
const MAX_TOUCHED = 200

/** Instructions beside the files that one conversation works with; each is told once. */
export interface NestedMemory {
  /** A file (absolute) was read or changed. */
  touched(path: string): void
  due(): Promise<readonly string[]>
  /** The conversation lost what was told. */
  forget(): void
}

export function createNestedMemory(
  prompt: Pick<PromptSource, "nested">,
  onFound?: (file: Instructions, trigger: string) => void,
): NestedMemory {
  const paths = new Set<string>()
  let find: ReturnType<NonNullable<PromptSource["nested"]>> | undefined
  return {
    touched(path) {
      if (paths.size < MAX_TOUCHED) paths.add(path)
    },
    async due() {
      if (paths.size === 0 || prompt.nested === undefined) return []
      find ??= prompt.nested()
      const now = [...paths]
      paths.clear()
      const notes: string[] = []
      for (const path of now) {
        // Unreadable instructions must not end the session.
        for (const file of await find(path).catch((): readonly Instructions[] => [])) {
          onFound?.(file, path)
          notes.push(`Instructions for the files you are looking at:\n\n${quoteMemory(file)}`)
        }
      }
      return notes
    },
    forget() {
      find = undefined
      paths.clear()
    },
  }
}
