/** The system's errors about a path in words the model can act on, without the names of our temporary files. */
import { access, constants } from "node:fs/promises"

export const LEADS_TO_ITSELF = "is a symbolic link that leads to itself."

/** Past it a path that the system refused as too long is not repeated; own choice. */
const SHOWN_PATH_CHARS = 400

/** One sentence. What is not a known error of the system keeps its own message. */
export function explainError(error: unknown, path: string, doing: "read" | "written" | "listed"): string {
  const { code, message } = error as NodeJS.ErrnoException
  const shown = path.length > SHOWN_PATH_CHARS ? `${path.slice(0, SHOWN_PATH_CHARS)}…` : path
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `Permission denied: ${shown} cannot be ${doing}.`
    case "EROFS":
      return `Read-only file system: ${shown} cannot be ${doing}.`
    case "ELOOP":
      return `${shown} ${LEADS_TO_ITSELF}`
    case "ENAMETOOLONG":
      return `The path is longer than the system allows: ${shown}`
    case "ENOTDIR":
      return `A parent of ${shown} is a file, not a folder.`
    case "ENOSPC":
    case "EDQUOT":
      return `No space is left on the device: ${shown} cannot be ${doing}.`
    case "ENOENT":
      return doing === "written" ? `No file can be made there: ${shown}` : `${shown} does not exist.`
    default:
      return message
  }
}

/** Null when what `path` names may be looked into, else why not: a search of it would only find nothing. */
export async function unreadable(path: string, doing: "read" | "listed"): Promise<string | null> {
  const right = doing === "listed" ? constants.R_OK | constants.X_OK : constants.R_OK
  return access(path, right).then(
    () => null,
    (error: unknown) => explainError(error, path, doing),
  )
}
