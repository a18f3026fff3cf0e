import { hasMatcher } from "./events.ts"

export type Matcher = (subject: string) => boolean

const NAMES = /^[A-Za-z0-9_\- ,|]*$/
const PLAIN_NAMES = /^[A-Za-z0-9_|]*$/

/** Old names of tools that matchers still use. */
const LEGACY: Readonly<Record<string, string>> = { Task: "Agent" }

/**
 * A matcher of spec/hooks.md: everything, a list of exact names, or an unanchored regular expression.
 * @returns one line when the expression is not valid.
 */
export function compileMatcher(event: string, pattern: string | undefined): Matcher | { error: string } {
  if (pattern === undefined || pattern === "" || pattern === "*" || !hasMatcher(event)) return () => true
  const literal = event === "FileChanged" || event === "StopFailure" ? PLAIN_NAMES : NAMES
  if (literal.test(pattern)) {
    const names = new Set(pattern.split(/[|,]/).map((name) => name.trim()))
    for (const name of [...names]) if (LEGACY[name] !== undefined) names.add(LEGACY[name])
    return (subject) => names.has(subject)
  }
  try {
    const expression = new RegExp(pattern)
    return (subject) => expression.test(subject)
  } catch (error) {
    return { error: `the matcher ${JSON.stringify(pattern)} is not valid: ${(error as Error).message}` }
  }
}
