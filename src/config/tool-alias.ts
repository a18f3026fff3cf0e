/**
 * The alias language: a name for a tool call with fixed arguments (setting `toolAliases`).
 *
 *     "gs":    "Bash(git status --short)"                      a command, as it is
 *     "log":   "Bash(git log --oneline -n $1)"                 /log 20
 *     "todo":  "Grep(pattern=TODO, output_mode=content)"       named arguments
 *     "notes": "Read(docs/notes.md)"                           the tool's main argument
 *     "find":  "Grep(pattern=\"$@\", glob=\"*.ts\")"           /find some words
 *
 *     alias = Tool "(" body ")"      body = command | main | name "=" value { "," name "=" value }
 *     value = JSON string, number, true or false | text up to the next comma
 *     $1 … $9 = the words typed behind the alias, "$@" = all of them, "$$" = a dollar sign
 *
 * Words put into a Bash command are quoted for the shell, so that an argument stays one argument. The same is told to
 * users in `TOOL_ALIAS_MARKDOWN`.
 */

export interface ToolAlias {
  readonly name: string
  /** As written in the settings. */
  readonly text: string
  readonly tool: string
  /** Values may hold placeholders. */
  readonly input: Readonly<Record<string, unknown>>
  /** Words that must follow the name. */
  readonly words: number
}

export interface ToolCallInput {
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
}

/** The argument that stands alone. Bash's is the whole body. */
const MAIN: Readonly<Record<string, string>> = {
  Bash: "command",
  Read: "file_path",
  Glob: "pattern",
  Grep: "pattern",
  LS: "path",
  WebSearch: "query",
  TaskGet: "taskId",
  TaskStop: "task_id",
  EnterWorktree: "name",
}
/** Own choice: it is typed. */
const MAX_NAME = 40
/** Of a text that an error repeats; own choice. */
const QUOTED_CHARS = 40
const PREFIX = "toolAliases."
const NAME = new RegExp(`^[A-Za-z][\\w-]{0,${MAX_NAME - 1}}$`)
const PLACEHOLDER = /\$(\$|@|[1-9])/g

/** For the reference of settings. */
export const TOOL_ALIAS_MARKDOWN = `An entry of \`toolAliases\` gives a tool call a name. In the terminal \`/name\` makes the call, which is judged by the
permission rules like a call of the model; \`/help\` lists it, and the model is told what was done. A change of the settings
holds at once.

\`\`\`json
{
  "toolAliases": {
    "gs": "Bash(git status --short)",
    "log": "Bash(git log --oneline -n $1)",
    "notes": "Read(docs/notes.md)",
    "todo": "Grep(pattern=TODO, output_mode=content)",
    "find": "Grep(pattern=\\"$@\\", glob=\\"*.ts\\")"
  }
}
\`\`\`

- \`Tool(body)\`: for Bash the body is the command as it is. For other tools it is the main argument alone (Read, Glob, Grep,
  LS, WebSearch, TaskGet, TaskStop, EnterWorktree), or arguments as \`name=value\` with commas between them.
- A value is a number, \`true\`, \`false\`, a text in double quotes as in JSON, or any text up to the next comma.
- \`$1\` to \`$9\` stand for the words typed behind the name, \`$@\` for all of them, \`$$\` for a dollar sign. In a Bash
  command each word is quoted, so that it stays one argument.
- A name has letters, digits, \`-\` and \`_\`, at most ${MAX_NAME}, begins with a letter and is no command of ccts. At most
  100 aliases are used. What is wrong is told at the start with file, line and key, and by \`ccts doctor\`.`

/** One line that says what is wrong and where, or the alias. */
export function parseToolAlias(name: string, text: string): ToolAlias | string {
  const problem = (why: string) => `${PREFIX}${name}: ${why}`
  if (!NAME.test(name)) return problem(`a name is letters, digits, - and _, at most ${MAX_NAME}`)
  const call = /^\s*([A-Za-z]\w*)\s*\(([\s\S]*)\)\s*$/.exec(text)
  const [, tool, body = ""] = call ?? []
  if (tool === undefined) return problem("write it as Tool(arguments), such as Bash(git status)")
  const input = tool === "Bash" ? { command: body.trim() } : readArguments(tool, body)
  if (typeof input === "string") return problem(input)
  if (tool === "Bash" && input.command === "") return problem("Bash() needs a command")
  let words = 0
  for (const value of Object.values(input)) {
    if (typeof value !== "string") continue
    for (const [, mark] of value.matchAll(PLACEHOLDER)) words = Math.max(words, Number(mark) || 0)
  }
  return { name, text, tool, input, words }
}

function readArguments(tool: string, body: string): Record<string, unknown> | string {
  const input: Record<string, unknown> = {}
  let rest = body.trim()
  if (rest !== "" && !/^[A-Za-z_-][\w-]*\s*=/.test(rest)) {
    const main = MAIN[tool]
    if (main === undefined)
      return `${tool} has no main argument; name its arguments, such as ${tool}(name=value)`
    return { [main]: literal(rest) }
  }
  while (rest !== "") {
    const named = /^([A-Za-z_-][\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(,?)\s*/.exec(rest)
    const [whole = "", key = "", value = "", comma] = named ?? []
    if (named === null || (comma === "" && whole.length < rest.length))
      return `"${rest.slice(0, QUOTED_CHARS)}" is not name=value`
    if (key in input) return `${key} is given twice`
    input[key] = literal(value.trim())
    rest = rest.slice(whole.length)
  }
  return input
}

function literal(text: string): unknown {
  if (!/^(?:"[\s\S]*"|true|false|-?\d+(?:\.\d+)?)$/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The call with what was typed behind the name in its places; one line when words are missing or too many. */
export function fillToolAlias(alias: ToolAlias, typed: string): ToolCallInput | string {
  const words = typed.trim() === "" ? [] : typed.trim().split(/\s+/)
  const takesAll = Object.values(alias.input).some(
    (value) => typeof value === "string" && value.includes("$@"),
  )
  if (words.length < alias.words)
    return `/${alias.name} needs ${alias.words} ${alias.words === 1 ? "word" : "words"}: ${alias.text}`
  if (words.length > alias.words && !takesAll)
    return `/${alias.name} takes ${alias.words === 0 ? "no words" : alias.words === 1 ? "1 word" : `${alias.words} words`}: ${alias.text}`
  const put = alias.tool === "Bash" ? quote : (word: string) => word
  const fill = (value: unknown) =>
    typeof value !== "string"
      ? value
      : value.replace(PLACEHOLDER, (_, mark: string) => {
          if (mark === "$") return "$"
          return mark === "@" ? words.map(put).join(" ") : put(words[Number(mark) - 1] ?? "")
        })
  return {
    tool: alias.tool,
    input: Object.fromEntries(Object.entries(alias.input).map(([key, value]) => [key, fill(value)])),
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
