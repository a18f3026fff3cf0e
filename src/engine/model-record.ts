import type { ModelInfo } from "../model/model-info.ts"

/** What the model reads of a change of models: it may be another one from here on. */
export function modelRecord(name: string, { displayName, id }: ModelInfo): string {
  return `${commandRecord("model", name)}\n<local-command-stdout>Set model to ${displayName} (${id})</local-command-stdout>`
}

export function commandRecord(name: string, args: string): string {
  return `<command-name>/${name}</command-name>\n<command-message>${name}</command-message>\n<command-args>${args}</command-args>`
}
