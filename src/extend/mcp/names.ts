/** Longest tool name that the service takes. */
const MAX_NAME = 128

/** A name as it may stand in a tool's name: everything but letters, digits, `_` and `-` becomes `_`. */
export function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_")
}

/** `mcp__server__tool`; a name that is too long ends in a hash of the whole. */
export function toolName(server: string, tool: string): string {
  const name = `mcp__${plainName(server)}__${plainName(tool)}`
  if (name.length <= MAX_NAME) return name
  return `${name.slice(0, MAX_NAME - 14)}_${Bun.hash(`${server}\0${tool}`).toString(36).slice(0, 13)}`
}
