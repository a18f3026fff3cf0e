/** What `ccts auto-mode …` does. Results go to stdout, what is wrong is thrown as one line. */
import { createReply } from "../api/fold-stream.ts"
import { resolveModel } from "../api/models.ts"
import { isObject } from "../config/key-type.ts"
import { persistSetting } from "../config/persist.ts"
import { AUTO_LISTS, DEFAULT_AUTO_RULES, withDefaults } from "../model/auto-mode.ts"
import { textOf } from "../model/block.ts"
import { autoModeOf } from "./auto-mode.ts"
import instructions from "./auto-mode-critique.md" with { type: "text" }
import { chooseApi, SIGN_IN } from "./choose-api.ts"
import { complain } from "./complain.ts"
import { findPlace } from "./place.ts"
import { prepare } from "./prepare.ts"
import { printJson, printLine, printText } from "./print.ts"
import { canAsk, createQuestions } from "./questions.ts"

const CRITIQUE_MS = 120_000
const CRITIQUE_TOKENS = 2_000

export function printConfig(): number {
  const { config } = findPlace()
  const auto = autoModeOf(config.settings)
  if (auto === null) complain("Auto mode is switched off by permissions.disableAutoMode.")
  const given = isObject(config.settings.autoMode) ? config.settings.autoMode : {}
  printJson({ ...withDefaults(given), classifyAllShell: given.classifyAllShell === true })
  return 0
}

export function printDefaults(label: string | undefined): number {
  const wanted = (label ?? "").toLowerCase()
  const lists = AUTO_LISTS.map((name) => [
    name,
    DEFAULT_AUTO_RULES[name].filter((entry) => entry.toLowerCase().startsWith(wanted)),
  ])
  const shown = Object.fromEntries(
    wanted === "" ? lists : lists.filter(([, entries]) => entries?.length !== 0),
  )
  if (Object.keys(shown).length === 0) throw new Error(`No built-in entry begins with "${label}".`)
  printJson(shown)
  return 0
}

export async function critique(name: string | undefined): Promise<number> {
  const prepared = prepare({}, false)
  const given = prepared.config.settings.autoMode
  if (!isObject(given) || !AUTO_LISTS.some((list) => Array.isArray(given[list])))
    throw new Error("There is nothing of your own in autoMode; `ccts auto-mode defaults` prints what holds.")
  const payer = await chooseApi(prepared)
  if (payer === null) throw new Error(SIGN_IN)
  const model = resolveModel(name ?? "default", prepared.env)
  const document = JSON.stringify({ own: given, inForce: withDefaults(given), builtIn: DEFAULT_AUTO_RULES })
  const request = {
    model: model.id,
    max_tokens: Math.min(model.maxOutput, CRITIQUE_TOKENS),
    system: [{ type: "text" as const, text: instructions.trim() }],
    messages: [{ role: "user" as const, content: [{ type: "text" as const, text: document }] }],
    stream: true as const,
  }
  let fold = createReply()
  const options = {
    signal: AbortSignal.timeout(CRITIQUE_MS),
    cause: "review" as const,
    sessionId: crypto.randomUUID(),
  }
  for await (const item of payer.api.stream(request, options)) {
    if (item.type === "event") fold.push(item.event)
    else if (item.type === "retry") fold = createReply()
    else if (item.type === "failed") throw new Error(item.failure.message)
  }
  printText(textOf(fold.message().content).trim())
  return 0
}

export async function reset(sure: boolean): Promise<number> {
  const { config } = findPlace()
  const user = config.layers.find(({ source }) => source === "userSettings")
  if (user?.values.autoMode === undefined) {
    printLine("Your settings say nothing of auto mode.")
    return 0
  }
  if (!sure && !canAsk()) throw new Error("Nobody can be asked here: ccts auto-mode reset --yes removes it.")
  if (!sure && !(await createQuestions().confirm(`Remove autoMode from ${config.files.user}?`))) {
    printLine("Nothing was changed.")
    return 1
  }
  await persistSetting("autoMode", undefined, "user", config.files)
  printLine(`Removed autoMode from ${config.files.user}.`)
  return 0
}
