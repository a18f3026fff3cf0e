import { listModels } from "../api/models.ts"
import { localCommands } from "../engine/local-commands.ts"
import type { EngineOptions } from "../engine/options.ts"
import { DEFAULT_STYLE } from "../extend/styles/output-styles.ts"
import { EMPTY_INFO, type HeadlessInfo, type HostModelInfo } from "../headless/info.ts"
import { version } from "../lib/version.ts"
import type { Payer } from "./choose-api.ts"
import type { Extensions } from "./extensions.ts"
import type { Prepared } from "./prepare.ts"
import type { SessionParts } from "./session-parts.ts"

/** What a host is told about this session besides its events. */
export function headlessInfo(
  { env, modes, plugins }: Prepared,
  payer: Payer,
  betas: readonly string[],
  { skills, styles }: SessionParts,
  extensions: Extensions,
  options: Pick<EngineOptions, "extraCommands" | "commands"> = {},
): HeadlessInfo {
  return {
    ...EMPTY_INFO,
    version,
    apiKeySource: payer.apiKeySource,
    outputStyle: styles.chosen?.name ?? DEFAULT_STYLE,
    get outputStyles() {
      return styles.names()
    },
    get agents() {
      return extensions.kinds().map(({ name, description, model }) => ({
        name,
        description,
        ...(model !== undefined && { model }),
      }))
    },
    get mcpServers() {
      return extensions.servers()?.status() ?? []
    },
    get plugins() {
      return (plugins?.list ?? []).map(({ name, root, version }) => ({
        name,
        path: root,
        ...(version !== undefined && { version }),
      }))
    },
    get pluginErrors() {
      return plugins?.problems ?? []
    },
    get mcpServerErrors() {
      return extensions.problems()
    },
    betas,
    get slashCommands() {
      const own = localCommands(options).map((command) => ({ ...command, builtin: true }))
      return [
        ...own,
        ...(options.commands?.list() ?? []).map(({ name, description, argumentHint }) => ({
          name,
          description,
          argumentHint,
        })),
      ]
    },
    get skills() {
      return skills?.skillNames() ?? []
    },
    get models() {
      return listModels(env).map(
        ({ value, label, description, info }): HostModelInfo => ({
          value,
          resolvedModel: info.id,
          displayName: label,
          description,
          supportsEffort: info.efforts.length > 0,
          supportedEffortLevels: info.efforts,
          supportsAdaptiveThinking: info.thinking === "adaptive",
          supportsAutoMode: modes.includes("auto"),
        }),
      )
    },
    account: { apiKeySource: payer.apiKeySource, apiProvider: payer.provider ?? "firstParty" },
  }
}
