/** The input of a call as people read it: a line for each argument, texts as they are and not as JSON. */
export function inputText(input: object): string {
  return Object.entries(input).map(argumentText).join("\n")
}

function argumentText([name, value]: readonly [string, unknown]): string {
  if (typeof value !== "string") return `${name}: ${JSON.stringify(value, null, 2)}`
  if (!value.includes("\n")) return `${name}: ${value}`
  return `${name}:\n${value.replace(/^/gm, "  ")}`
}
