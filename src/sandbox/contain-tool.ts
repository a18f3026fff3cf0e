/**
 * Bash as policy sees it: a request to leave the sandbox counts only where policy allows it and is then asked; commands
 * that the settings exclude run outside and are judged like any other.
 */
import type { AnyTool } from "../model/tool.ts"

export interface Containment {
  /** `sandbox.allowUnsandboxedCommands`. */
  readonly mayLeave: boolean
  /** `sandbox.excludedCommands`. */
  excluded(command: string, cwd: string): boolean
}

interface ShellInput {
  readonly command?: unknown
  readonly dangerouslyDisableSandbox?: boolean
}

export function containTool(tool: AnyTool, containment: Containment): AnyTool {
  if (tool.name !== "Bash") return tool
  const sideOf = (input: ShellInput, cwd: string) => {
    if (typeof input.command === "string" && containment.excluded(input.command, cwd)) return "excluded"
    return input.dangerouslyDisableSandbox === true && containment.mayLeave ? "escape" : "inside"
  }
  return {
    ...tool,
    access: (input: ShellInput, place) => {
      const side = sideOf(input, place.cwd)
      return tool.access({ ...input, dangerouslyDisableSandbox: side !== "inside" }, place).map((access) => {
        if (access.kind !== "exec") return access
        return side === "escape" ? { ...access, escapes: true } : access
      })
    },
    run: (input: ShellInput, ctx) =>
      tool.run({ ...input, dangerouslyDisableSandbox: sideOf(input, ctx.cwd) !== "inside" }, ctx),
  }
}
