import type { Controls } from "../../headless/controls.ts"
import type { FoldState } from "../../headless/fold-state.ts"
import type { Progress } from "../../headless/progress.ts"
import type { ApiPort } from "../../model/api.ts"
import type { Checkpoints } from "../../sessions/checkpoints.ts"
import type { Extensions } from "../extensions.ts"
import type { LiveSettings } from "../live-settings.ts"
import type { Prepared } from "../prepare.ts"
import type { SessionParts } from "../session-parts.ts"
import type { LivePermissions } from "./live-permissions.ts"

/** What the control requests beyond the engine's own need (spec/headless.md section 7). */
export interface HostContext {
  readonly prepared: Prepared
  readonly parts: SessionParts
  readonly permissions: LivePermissions
  readonly checkpoints: Checkpoints | undefined
  readonly state: FoldState
  readonly progress: Progress
  readonly api: ApiPort
  readonly extensions: Extensions
  /** The settings as the files and the host say now. */
  readonly live: LiveSettings
  /** The requests that the engine alone serves. */
  readonly core: Controls
}
