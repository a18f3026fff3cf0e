/** Glob patterns as ripgrep's `--glob` reads them: without a slash at any depth, with one from the search folder. */

export interface GlobRules {
  /** True: searched. `path` is relative with forward slashes. */
  file(path: string): boolean
  /** True: the folder is not entered at all. */
  prunes(path: string): boolean
}

interface Rule {
  readonly negative: boolean
  readonly glob: Bun.Glob
  readonly bare: boolean
}

/** Several patterns may be separated by blanks, or by commas outside braces. The last one that matches decides. */
export function globRules(patterns: string): GlobRules {
  const rules = splitPatterns(patterns).map(toRule)
  const positive = rules.some((rule) => !rule.negative)
  const matches = (rule: Rule, path: string) =>
    rule.glob.match(rule.bare ? path.slice(path.lastIndexOf("/") + 1) : path)
  return {
    file(path) {
      const rule = rules.findLast((one) => matches(one, path))
      return rule ? !rule.negative : !positive
    },
    prunes(path) {
      const rule = rules.findLast((one) => matches(one, path))
      return rule?.negative === true
    },
  }
}

function toRule(pattern: string): Rule {
  const negative = pattern.startsWith("!")
  let text = negative ? pattern.slice(1) : pattern
  if (text.startsWith("./")) text = text.slice(2)
  if (text.endsWith("/")) text += "**"
  const bare = !text.includes("/")
  return { negative, bare, glob: new Bun.Glob(text.startsWith("/") ? text.slice(1) : text) }
}

function splitPatterns(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ""
  for (const char of text) {
    if (char === "{") depth += 1
    if (char === "}") depth -= 1
    if (depth <= 0 && /[\s,]/.test(char)) {
      if (part) parts.push(part)
      part = ""
    } else part += char
  }
  if (part) parts.push(part)
  return parts
}
