/** What `ccts config …` does. Results go to stdout, what is wrong is thrown as one line. */
import { settingsSchema } from "../config/json-schema.ts"
import { describeType } from "../config/key-type.ts"
import { KEYS, type KeyInfo, keyInfo } from "../config/keys.ts"
import { parseValue } from "../config/parse-value.ts"
import { persistSetting } from "../config/persist.ts"
import { caveat, explainLines, setInVain, showAll, showSetting } from "../config/show-settings.ts"
import { unobeyed } from "../config/unobeyed.ts"
import { findPlace } from "./place.ts"
import { problemLine } from "./prepare.ts"
import { suggest } from "./suggest.ts"

export function getSetting(name: string, asJson: boolean): number {
  const { config } = findPlace()
  const { key } = known(name)
  const { value } = showSetting(config, key)
  if (value === undefined && !asJson) return 1
  print(typeof value === "string" && !asJson ? value : JSON.stringify(value ?? null))
  return value === undefined ? 1 : 0
}

/** `typed` undefined removes the value. */
export async function setSetting(name: string, typed: string | undefined, scope: string): Promise<number> {
  const { config } = findPlace()
  const info = known(name)
  if (scope !== "user" && scope !== "project" && scope !== "local")
    throw new Error(`--scope: "${scope}" is none of user, project, local.`)
  if (typed === "")
    throw new Error(`Which value? ccts config set ${info.key} <value>; it takes ${describeType(info.type)}.`)
  await persistSetting(
    info.key,
    typed === undefined ? undefined : parseValue(info, typed),
    scope,
    config.files,
  )
  const after = findPlace().config
  const { from, value } = showSetting(after, info.key)
  print(`${info.key} = ${value === undefined ? "unset" : JSON.stringify(value)} (${from})`)
  const vain = unobeyed(info.key)
  if (typed !== undefined && vain !== null) complain(`${info.key} is known, but not obeyed: ${vain}.`)
  if (typed !== undefined && from !== "default" && !from.startsWith(config.files[scope]))
    complain(`Written to ${config.files[scope]}, but ${from} outranks it here.`)
  return 0
}

export function listSettings({ all, json }: { readonly all: boolean; readonly json: boolean }): number {
  const { config } = findPlace()
  const shown = showAll(config).filter(({ from }) => all || (from !== "default" && from !== "unset"))
  if (json)
    print(
      JSON.stringify(
        shown.map((one) => ({ ...one, value: one.value ?? null })),
        null,
        2,
      ),
    )
  else
    for (const { key, value, from } of shown) print(`${key} = ${JSON.stringify(value) ?? "unset"}  (${from})`)
  for (const problem of config.problems) complain(problemLine(problem))
  for (const { key, from, why } of setInVain(config))
    complain(`${from}: ${key}: known, but not obeyed: ${why}`)
  return 0
}

export function explainSetting(name: string, asJson: boolean): number {
  const { config } = findPlace()
  const info = known(name)
  if (asJson) {
    const { value, from } = showSetting(config, info.key)
    print(
      JSON.stringify(
        {
          key: info.key,
          value: value ?? null,
          from,
          layers: config.explain(info.key),
          caveat: caveat(info.key),
        },
        null,
        2,
      ),
    )
    return 0
  }
  print(`${info.text}. Takes ${describeType(info.type)}.`)
  for (const line of explainLines(config, info.key)) print(line)
  return 0
}

export function printSchema(): number {
  print(JSON.stringify(settingsSchema(), null, 2))
  return 0
}

function known(name: string): KeyInfo {
  const info = keyInfo(name)
  if (info !== undefined) return info
  if (name === "") throw new Error("Which setting? `ccts config list --all` names them.")
  const near = suggest(
    name,
    KEYS.map(({ key }) => key),
  )
  throw new Error(`There is no setting "${name}".${near === null ? "" : ` Did you mean ${near}?`}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
