import type { Row } from "./row.ts"
import { bigReply } from "./rows/big-reply.ts"
import { decide } from "./rows/decide.ts"
import { engineTurn } from "./rows/engine-turn.ts"
import { flood } from "./rows/flood.ts"
import { headlessSession } from "./rows/headless-session.ts"
import { idle } from "./rows/idle.ts"
import { keyEcho } from "./rows/key-echo.ts"
import { longSession } from "./rows/long-session.ts"
import { printRequest } from "./rows/print-request.ts"
import { promptStart } from "./rows/prompt-start.ts"
import { search } from "./rows/search.ts"
import { secondPrompt } from "./rows/second-prompt.ts"
import { stream } from "./rows/stream.ts"
import { toolTurn } from "./rows/tool-turn.ts"
import { turnLatency } from "./rows/turn-latency.ts"
import { version } from "./rows/version.ts"

/** In the order of the table. */
export const rows: readonly Row[] = [
  version,
  printRequest,
  secondPrompt,
  promptStart,
  keyEcho,
  turnLatency,
  idle,
  stream,
  bigReply,
  longSession,
  toolTurn,
  headlessSession,
  engineTurn,
  decide,
  search,
  flood,
]
