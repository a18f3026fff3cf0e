import type { Controls } from "../../headless/controls.ts"
import { fileControls } from "./file-controls.ts"
import type { HostContext } from "./host-context.ts"
import { modelControls } from "./model-controls.ts"
import { sessionControls } from "./session-controls.ts"
import { settingsControls } from "./settings-controls.ts"

/** The control requests that need more than the engine's door. */
export function hostControls(context: HostContext): Controls {
  return {
    ...modelControls(context),
    ...settingsControls(context),
    ...fileControls(context),
    ...sessionControls(context),
  }
}
