import type { Flags } from "./flags.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What is wrong with flags that are each fine alone (spec/cli.md section 2.2): one line, or null. */
export function checkCombination(flags: Flags): string | null {
  for (const check of CHECKS) {
    const wrong = check(flags)
    if (wrong !== null) return wrong
  }
  return null
}

type Check = (flags: Flags) => string | null

const CHECKS: readonly Check[] = [
  (flags) => {
    const asked = HOSTED.find(([key]) => flags[key] !== undefined && flags[key] !== false)
    return asked ? `${asked[1]} needs a hosted service that ccts does not have.` : null
  },
  ({ bg, print }) => (bg && print ? "--bg and --print exclude each other." : null),
  ({ bg, exec }) => (exec !== undefined && !bg ? "--exec needs --bg." : null),
  ({ tmux, worktree }) => (tmux !== undefined && worktree === undefined ? "--tmux needs --worktree." : null),
  (flags) => {
    const asked = NOT_HERE.find(([key]) => flags[key] !== undefined && flags[key] !== false)
    return asked ? `${asked[1]}: ${asked[2]}` : null
  },
  (flags) => (flags.forkSession && !resumes(flags) ? "--fork-session needs --resume or --continue." : null),
  ({ sessionId }) =>
    sessionId !== undefined && !UUID.test(sessionId)
      ? `--session-id must be a UUID, got "${sessionId}".`
      : null,
  (flags) =>
    flags.sessionId !== undefined && resumes(flags) && !flags.forkSession
      ? "--session-id with --resume or --continue needs --fork-session."
      : null,
  ({ inputFormat, outputFormat }) =>
    inputFormat === "stream-json" && outputFormat !== "stream-json"
      ? "--input-format stream-json needs --output-format stream-json."
      : null,
  (flags) => {
    if (flags.outputFormat === "stream-json") return null
    const needy = STREAM_ONLY.find(([key]) => flags[key] !== undefined && flags[key] !== false)
    return needy ? `${needy[1]} needs --output-format stream-json.` : null
  },
  ({ replayUserMessages, inputFormat }) =>
    replayUserMessages && inputFormat !== "stream-json"
      ? "--replay-user-messages needs --input-format stream-json."
      : null,
  ({ print, outputFormat, verbose }) =>
    print && outputFormat === "stream-json" && !verbose
      ? "--print with --output-format stream-json needs --verbose."
      : null,
  ({ jsonSchema }) => (jsonSchema === undefined ? null : checkSchema(jsonSchema)),
]

const HOSTED = [
  ["cloud", "--cloud"],
  ["environment", "--environment"],
  ["ref", "--ref"],
  ["teleport", "--teleport"],
  ["remoteControl", "--remote-control"],
  ["remoteControlSessionNamePrefix", "--remote-control-session-name-prefix"],
  ["desktop", "--desktop"],
] as const

/** What a run without it would get wrong: refused, not ignored. */
const NOT_HERE = [
  ["bg", "--bg", "ccts has no background sessions; start it in another terminal."],
  ["tmux", "--tmux", "ccts does not start tmux; run it there with --worktree."],
  ["fromPr", "--from-pr", "ccts keeps no links between sessions and pull requests; use --resume."],
  ["file", "--file", "ccts does not download files of the API; put them in the folder."],
  ["pluginUrl", "--plugin-url", "ccts fetches no plugins; get the folder and name it with --plugin-dir."],
] as const

/** What changes nothing that a run relies on: said once, and the run goes on. */
export function withoutEffect(flags: Flags): readonly string[] {
  return IDLE.flatMap(([key, flag, why]) =>
    flags[key] === undefined || flags[key] === false ? [] : [`${flag} (${why})`],
  )
}

const IDLE = [
  ["advisor", "--advisor", "no second model gives advice"],
  ["brief", "--brief", "there is no tool for messages beside the answer"],
  ["channels", "--channels", "there are no message channels"],
  ["chrome", "--chrome", "there is no browser integration"],
  ["enableAutoMode", "--enable-auto-mode", "the flag was removed"],
  ["ide", "--ide", "there is no connection to an IDE"],
  ["teammateMode", "--teammate-mode", "there are no teammates"],
] as const

const STREAM_ONLY = [
  ["includePartialMessages", "--include-partial-messages"],
  ["includeHookEvents", "--include-hook-events"],
  ["forwardSubagentText", "--forward-subagent-text"],
  ["replayUserMessages", "--replay-user-messages"],
  ["promptSuggestions", "--prompt-suggestions"],
] as const

function resumes(flags: Flags): boolean {
  return flags.resume !== undefined || flags.continue === true
}

/** Only that it is a JSON object; what the schema means is checked where it is compiled. */
function checkSchema(text: string): string | null {
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return null
    return "--json-schema is not a valid JSON Schema: it must be a JSON object."
  } catch (error) {
    return `--json-schema is not a valid JSON Schema: ${error instanceof Error ? error.message : "not JSON"}.`
  }
}
