import type { SideLine } from "./line.ts"

/**
 * Keeps copies of files as they were before this session changed them, so that `rewind_files` can bring them back
 * (`file-history-snapshot` in spec/auth-and-storage.md section 5). Lines it returns belong in the transcript.
 */
export interface CheckpointPort {
  /** A prompt of the person entered the conversation; `messageId` is its uuid. */
  begin(messageId: string): Promise<SideLine | null>
  /** A call is about to write `paths`, absolute. Must settle before it does. Never rejects. */
  before(paths: readonly string[]): Promise<SideLine | null>
}
