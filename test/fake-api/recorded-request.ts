/** A request as the fake API saw it. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody
  /** Bytes of the body. */
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** HTTP status that was answered; 0 before that. */
  status: number
  /** The client went away before the reply was complete. */
  aborted: boolean
  /** Taken from `side`, not from the script. */
  side: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they assert
export type RequestBody = Readonly<Record<string, any>>
