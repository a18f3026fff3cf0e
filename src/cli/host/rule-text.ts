/** `Tool(content)` as the protocol carries it. */
export function parseRuleText(text: string): { readonly toolName: string; readonly ruleContent?: string } {
  const open = text.indexOf("(")
  if (open < 0 || !text.endsWith(")")) return { toolName: text }
  return { toolName: text.slice(0, open), ruleContent: text.slice(open + 1, -1) }
}
