import type { SessionState } from "../model/event.ts"
import type { Cell } from "./cells.ts"
import type { TuiPorts } from "./ports.ts"

/** What stands above a conversation: which program, which model, where, and who pays. */
export function headerCell(session: SessionState, ports: TuiPorts): Cell {
  const demo = ["Demo: no model is asked, every answer is made up by this program. Sign in to work for real."]
  return {
    kind: "header",
    demo: ports.demo,
    lines: [
      `✻ ccts ${ports.version}`,
      ...(ports.demo ? demo : []),
      `${session.modelName} · ${session.cwd}`,
      ports.credentialLine,
      "/help for commands, ? for keys",
    ],
  }
}
