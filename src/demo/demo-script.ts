/**
 * What the scripted model says next: a pure function of the conversation, so that any order of answers to its
 * permission questions leads to an honest reply.
 */
import { join } from "node:path"
import type { MessagesRequest } from "../model/api.ts"
import { type Block, isBlock, textOf } from "../model/block.ts"
import { BROKEN_LINE, DEMO_PROMPT, FIXED_LINE, SCRIPT_FILE, TEST_COMMAND, TEST_FILE } from "./demo-project.ts"

export interface DemoCall {
  /** Names the step; becomes a part of the call's id. */
  readonly step: string
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
}

export interface DemoReply {
  readonly text: string
  readonly calls: readonly DemoCall[]
}

/** Ids of the demo's calls: this, the step, and a number. */
export const CALL_PREFIX = "toolu_demo_"

/** How a step ended in this turn. */
type Outcome =
  | { readonly kind: "missing" }
  | { readonly kind: "ok" | "failed" | "refused"; readonly text: string }

const NOT_CONNECTED = [
  "This is the demo: my answers are scripted and no model is connected, so I cannot help with that.",
  "",
  `To see the demo's task, type: ${DEMO_PROMPT}`,
  "",
  "To work on your own projects, leave the demo and sign in: start `ccts` and type `/login`, or set `ANTHROPIC_API_KEY`.",
].join("\n")

export function nextReply(request: MessagesRequest, dir: string): DemoReply {
  const turn = currentTurn(request)
  if (!isTask(turn.prompt)) return say(NOT_CONNECTED)
  const has = (tool: string) => (request.tools ?? []).some(({ name }) => name === tool)
  const outcome = (step: string) => outcomeOf(turn.blocks, step)
  const script = join(dir, SCRIPT_FILE)

  const read = outcome("read-script")
  if (read.kind === "missing") {
    if (!has("Read")) return say("The demo needs the Read tool, and it is switched off. Nothing was changed.")
    return {
      text: "I will look at the test and at the script it tests.",
      calls: [
        { step: "read-test", tool: "Read", input: { file_path: join(dir, TEST_FILE) } },
        { step: "read-script", tool: "Read", input: { file_path: script } },
      ],
    }
  }
  if (read.kind !== "ok")
    return say(`I could not read \`${SCRIPT_FILE}\`, so I stop here. Nothing was changed.`)

  if (outcome("search").kind === "missing" && has("Grep"))
    return {
      text: "Who else uses `slugify`? I will search before I change anything.",
      calls: [
        { step: "search", tool: "Grep", input: { pattern: "slugify", path: dir, output_mode: "content" } },
      ],
    }

  const first = outcome("test-before")
  if (first.kind === "missing" && has("Bash"))
    return {
      text: "Only the test uses it. Now I run the test to see what fails.",
      calls: [
        {
          step: "test-before",
          tool: "Bash",
          input: { command: TEST_COMMAND, description: "Run the test" },
        },
      ],
    }

  if (!read.text.includes(BROKEN_LINE.trim())) {
    const proof = first.kind === "ok" ? " The test passes." : ""
    return say(`The mistake I know of is no longer in \`${SCRIPT_FILE}\`, so I change nothing.${proof}`)
  }

  const edit = outcome("edit")
  if (edit.kind === "missing") {
    if (!has("Edit")) return say(`The Edit tool is switched off, so I changed nothing. ${proposal()}`)
    const seen =
      first.kind === "failed"
        ? "The test fails: upper case stays upper case, and two spaces become two dashes."
        : "I did not see the test run, but the script shows the mistake: upper case stays, and two spaces become two dashes."
    return {
      text: `${seen} One line is to blame, and I will change it.`,
      calls: [
        {
          step: "edit",
          tool: "Edit",
          input: { file_path: script, old_string: BROKEN_LINE, new_string: FIXED_LINE },
        },
      ],
    }
  }
  if (edit.kind !== "ok")
    return say(`The edit was not made, so the test still fails and the project is unchanged. ${proposal()}`)

  const second = outcome("test-after")
  if (second.kind === "missing" && has("Bash"))
    return {
      text: "Now the test again.",
      calls: [
        {
          step: "test-after",
          tool: "Bash",
          input: { command: TEST_COMMAND, description: "Run the test again" },
        },
      ],
    }
  return say(summary(second))
}

function proposal(): string {
  return `This is what I would have written in \`${SCRIPT_FILE}\`:\n\n\`\`\`sh\n${FIXED_LINE}\n\`\`\``
}

function summary(test: Outcome): string {
  const changed = `I changed one line in \`${SCRIPT_FILE}\`: \`tr\` now also turns upper case into lower case, and \`tr -s\` joins repeated dashes into one.`
  switch (test.kind) {
    case "ok":
      return `**The test passes.** ${changed}\n\nThat was the demo: the tools, the permission questions and the files were real, only the model was scripted. Sign in with \`/login\` to use a real one.`
    case "failed":
      return `${changed} The test still fails, which the demo did not expect; its output is above.`
    case "refused":
    case "missing":
      return `${changed} I did not run the test again, so this is not proven: run \`${TEST_COMMAND}\` to see.`
  }
}

function say(text: string): DemoReply {
  return { text, calls: [] }
}

/** Text that programs put into user messages. */
const NOT_TYPED = /^\s*(<system-reminder>|<command-|<local-command|<task-notification|\[Request interrupted)/

interface Turn {
  readonly prompt: string
  /** All blocks after the prompt. */
  readonly blocks: readonly Block[]
}

function currentTurn({ messages }: MessagesRequest): Turn {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message?.role !== "user") continue
    const typed = message.content.filter((block) => isBlock(block, "text") && !NOT_TYPED.test(block.text))
    const prompt = typed.at(-1)
    if (!prompt) continue
    // Answers to the calls of the turn before stand in front of the prompt in the same message.
    const rest = messages.slice(at + 1).flatMap(({ content }) => content)
    return { prompt: textOf([prompt]), blocks: rest }
  }
  return { prompt: "", blocks: [] }
}

function isTask(prompt: string): boolean {
  return (
    prompt.trim() === DEMO_PROMPT ||
    /\b(fix|tests?|bugs?|fails?|failing|again|continue|go on)\b/i.test(prompt)
  )
}

function outcomeOf(blocks: readonly Block[], step: string): Outcome {
  const call = blocks.findLast(
    (block) => isBlock(block, "tool_use") && block.id.startsWith(`${CALL_PREFIX}${step}_`),
  )
  if (!call || !isBlock(call, "tool_use")) return { kind: "missing" }
  const result = blocks.find((block) => isBlock(block, "tool_result") && block.tool_use_id === call.id)
  if (!result || !isBlock(result, "tool_result")) return { kind: "refused", text: "" }
  const text = textOf(result.content)
  if (!result.is_error) return { kind: "ok", text }
  return { kind: /^Exit code \d/.test(text) ? "failed" : "refused", text }
}
