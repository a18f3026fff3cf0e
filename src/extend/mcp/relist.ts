import type { Json } from "../json.ts"
import type { Connection } from "./connection.ts"

/**
 * Reads a list of a server again whenever it is called. A server may announce changes faster than they can be read: one
 * more list is enough for all of them.
 */
export function createRelist(options: {
  /** Of now; null when there is none. */
  connection(): Connection | null
  read(connection: Connection): Promise<readonly Json[]>
  take(items: readonly Json[]): void
}): () => void {
  let reading = false
  let again = false
  return function relist() {
    const connection = options.connection()
    if (reading || connection === null) {
      again = reading
      return
    }
    reading = true
    again = false
    void options
      .read(connection)
      .then(
        (items) => {
          if (options.connection() === connection) options.take(items)
        },
        () => {},
      )
      .finally(() => {
        reading = false
        if (again) relist()
      })
  }
}
