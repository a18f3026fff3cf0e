/**
 * An executable for the published SDK: the real flags and the real headless run over an engine that follows the
 * prompt's first word. `hello` answers, `ask` asks for permission, `hook` calls the host back, `wait` runs until
 * it is interrupted, `fail` fails.
 */
import { checkCombination } from "../../src/cli/check-combination.ts"
import { parseArgs } from "../../src/cli/parse-args.ts"
import type { HostChannel } from "../../src/headless/host-channel.ts"
import { runHeadless } from "../../src/headless/run.ts"
import { textOf } from "../../src/model/block.ts"
import type { Answer } from "../../src/model/command.ts"
import {
  ask,
  CONTEXT_REPORT,
  createFakeEngine,
  promptAdded,
  SESSION,
  textReply,
  toolUse,
  turnBegin,
  turnEnd,
  USAGE_REPORT,
} from "./fake-engine.ts"
import { INFO } from "./harness.ts"

const parsed = parseArgs(process.argv.slice(2))
const wrong = "error" in parsed ? parsed.error : checkCombination(parsed.flags)
if ("error" in parsed || wrong !== null) {
  process.stderr.write(`${wrong}\n`)
  process.exit(1)
}

const engine = createFakeEngine()
let channel: HostChannel | undefined

const finish = (text: string) => engine.push(...textReply(text), turnEnd({ result: text }))

const answered = (answer: Answer) => {
  engine.push({ type: "ask.end", ask: "ask-1", verdict: answer.verdict })
  if (answer.verdict === "allow") return finish(`allowed ${JSON.stringify(answer.input)}`)
  if (answer.interrupt) return engine.push(turnEnd({ reason: "interrupted", during: "tools" }))
  finish(`denied: ${answer.message}`)
}

engine.on(async (command) => {
  switch (command.type) {
    case "prompt": {
      const text = textOf(command.content)
      engine.push(turnBegin(), promptAdded(command.uuid ?? ""))
      if (text.startsWith("hello")) return finish(`hello to ${parsed.flags.model ?? "nobody"}`)
      if (text.startsWith("ask"))
        return engine.push(...toolUse("toolu_1", "Bash", { command: "rm x" }), ask())
      if (text.startsWith("fail")) return engine.push(turnEnd({ reason: "max_turns" }))
      if (text.startsWith("hook")) {
        const input = { hook_event_name: "UserPromptSubmit", session_id: SESSION.id, prompt: text }
        const reply = await channel?.request(
          "hook_callback",
          { callback_id: "hook_0", input },
          AbortSignal.timeout(5_000),
        )
        return finish(`hook said ${JSON.stringify(reply)}`)
      }
      return
    }
    case "answer":
      return answered(command.answer)
    case "interrupt":
      return engine.push(
        { type: "prompt", uuid: "i", content: "[Request interrupted by user]", origin: "interrupt" },
        turnEnd({ reason: "interrupted", during: "reply" }),
      )
    case "mode":
      return engine.push({ type: "session", session: { ...SESSION, mode: command.mode }, why: "mode" })
    case "report": {
      const report = command.report === "context" ? CONTEXT_REPORT : USAGE_REPORT
      return engine.push({ type: "report", id: command.id, ...report })
    }
  }
})

process.exit(
  await runHeadless({
    engine,
    flags: parsed.flags,
    ...(parsed.prompt !== undefined && { prompt: parsed.prompt }),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    info: { ...INFO, slashCommands: [{ name: "compact", description: "Compact", argumentHint: "" }] },
    onInitialize: async (request, given) => {
      channel = given
      return request.hooks ? { hooks_applied: true, hook_on_failure_supported: true } : {}
    },
  }),
)
