/** Which service answers (spec/cli.md section 5.2). A cloud provider is chosen by its switch and outranks every other credential. */
import { envOn } from "./env.ts"
import type { Env } from "./paths.ts"

export type Provider = "firstParty" | "bedrock" | "vertex" | "foundry" | "anthropicAws" | "mantle"

const SWITCHES = {
  bedrock: "CLAUDE_CODE_USE_BEDROCK",
  vertex: "CLAUDE_CODE_USE_VERTEX",
  foundry: "CLAUDE_CODE_USE_FOUNDRY",
  anthropicAws: "CLAUDE_CODE_USE_ANTHROPIC_AWS",
  mantle: "CLAUDE_CODE_USE_MANTLE",
} as const satisfies Readonly<Record<Exclude<Provider, "firstParty">, string>>

export interface ProviderChoice {
  readonly provider: Provider
  /** The variable that chose it; null for the service itself. */
  readonly variable: string | null
}

/** @throws Error with one line when two providers are switched on. */
export function chooseProvider(env: Env): ProviderChoice {
  const on = Object.entries(SWITCHES).filter(([, variable]) => envOn(env, variable))
  const [first, second] = on
  if (first === undefined) return { provider: "firstParty", variable: null }
  if (second !== undefined) throw new Error(`${first[1]} and ${second[1]} are both set: unset one of them`)
  return { provider: first[0] as Provider, variable: first[1] }
}

export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  firstParty: "Anthropic API",
  bedrock: "Amazon Bedrock",
  vertex: "Google Vertex AI",
  foundry: "Microsoft Foundry",
  anthropicAws: "Claude on AWS",
  mantle: "Amazon Bedrock (Mantle)",
}
