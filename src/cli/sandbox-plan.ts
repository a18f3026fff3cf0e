/** The sandbox's plan from the settings layers and the permission rules (spec/settings.md section 5). */
import { join, resolve } from "node:path"
import { temporaryFolder } from "../lib/temporary-folder.ts"
import { ruleBook } from "../permissions/rules/compile.ts"
import { anchor } from "../permissions/rules/path-rule.ts"
import type { SandboxPlan } from "../sandbox/plan.ts"
import { offlinePolicy } from "./offline-policy.ts"
import type { Prepared } from "./prepare.ts"

type Group = Readonly<Record<string, unknown>>

export function sandboxPlan(prepared: Prepared): SandboxPlan {
  const { config, cwd, paths } = prepared
  const settings = group(config.settings.sandbox)
  const network = group(settings.network)
  const filesystem = group(settings.filesystem)
  const managedReads = filesystem.allowManagedReadPathsOnly === true
  const managedHosts = network.allowManagedDomainsOnly === true
  const rules = ruleEffects(prepared, managedHosts)
  return {
    project: cwd,
    home: paths.home,
    temporary: join(
      temporaryFolder(prepared.env),
      `ccts-sandbox-${process.pid}-${crypto.randomUUID().slice(0, 8)}`,
    ),
    helpers: join(paths.ownDir, "helpers"),
    filesystem: {
      disabled: filesystem.disabled === true,
      allowWrite: [
        ...prepared.additionalRoots,
        ...worktreeStore(prepared),
        ...pathsOf(prepared, "allowWrite", false),
      ],
      denyWrite: [
        paths.configDir,
        paths.stateFile,
        paths.managedDir,
        process.execPath,
        ...pathsOf(prepared, "denyWrite", false),
        ...rules.denyWrite,
      ],
      denyRead: [
        paths.credentialsFile,
        ...pathsOf(prepared, "denyRead", false),
        ...credentialFiles(prepared),
        ...rules.denyRead,
      ],
      allowRead: pathsOf(prepared, "allowRead", managedReads),
    },
    network: {
      allowedDomains: [
        ...new Set([...hosts(prepared, "allowedDomains", managedHosts), ...rules.allowedHosts]),
      ],
      deniedDomains: [...new Set([...hosts(prepared, "deniedDomains", false), ...rules.deniedHosts])],
      allowUnixSockets: texts(network.allowUnixSockets),
      allowAllUnixSockets: network.allowAllUnixSockets === true,
      allowLocalBinding: network.allowLocalBinding === true,
      allowMachLookup: texts(network.allowMachLookup),
      ...(typeof network.httpProxyPort === "number" ? { httpProxyPort: network.httpProxyPort } : {}),
      ...(typeof network.socksProxyPort === "number" ? { socksProxyPort: network.socksProxyPort } : {}),
    },
    hiddenEnv: hiddenVariables(prepared),
    ...(typeof settings.bwrapPath === "string" ? { bwrapPath: settings.bwrapPath } : {}),
    ...(typeof settings.socatPath === "string" ? { socatPath: settings.socatPath } : {}),
    weakerNested: settings.enableWeakerNestedSandbox === true,
    weakerNetwork: settings.enableWeakerNetworkIsolation === true,
    nestedUserNamespaces: settings.allowNestedUserNamespaces === true,
    appleEvents: settings.allowAppleEvents === true,
  }
}

/** Paths here are relative to the project, or for the person's own settings to their folder; each layer knows which. */
function pathsOf({ config, paths }: Prepared, name: string, managedOnly: boolean): readonly string[] {
  return config.layers
    .filter(({ source }) => !managedOnly || source === "policySettings")
    .flatMap(({ values, base }) =>
      texts(group(group(values.sandbox).filesystem)[name]).map((path) => absolute(path, base, paths.home)),
    )
}

function hosts({ config }: Prepared, name: string, managedOnly: boolean): readonly string[] {
  return config.layers
    .filter(({ source }) => !managedOnly || source === "policySettings")
    .flatMap(({ values }) => texts(group(group(values.sandbox).network)[name]))
}

/** `mask` needs a proxy that opens TLS; without one the stricter meaning holds. */
function credentialFiles({ config, paths }: Prepared): readonly string[] {
  return config.layers.flatMap(({ values, base }) =>
    listOf(group(group(values.sandbox).credentials).files).flatMap(({ path }) =>
      typeof path === "string" ? [absolute(path, base, paths.home)] : [],
    ),
  )
}

function hiddenVariables({ config }: Prepared): readonly string[] {
  return listOf(group(group(config.settings.sandbox).credentials).envVars).flatMap(({ name }) =>
    typeof name === "string" ? [name] : [],
  )
}

/** Commits in a linked worktree are stored in the main checkout; its hooks and its configuration stay closed. */
function worktreeStore({ config }: Prepared): readonly string[] {
  const { repository } = config
  if (repository === null || repository.mainRoot === repository.root) return []
  return [join(repository.mainRoot, ".git")]
}

/** Rules hold inside the sandbox too: what may not be read or edited there, and which hosts are open or closed. */
function ruleEffects(prepared: Prepared, managedHosts: boolean) {
  const policy = offlinePolicy(prepared, false)
  const book = ruleBook(policy.rules)
  const paths = (tool: "Read" | "Edit") =>
    book.deny.path
      .filter(({ parsed }) => parsed.tool === tool)
      .flatMap(({ parsed, rule }) => {
        const { bases, pattern } = anchor(parsed.pattern, rule, policy)
        // A bare name floats; `/**` at the end is the folder itself for the runtime.
        const floats = !pattern.slice(0, -1).includes("/")
        const inner = pattern.replace(/^\//, "").replace(/\/(\*\*)?$/, "")
        return bases.flatMap((base) =>
          floats ? [join(base, inner), join(base, "**", inner)] : [join(base, inner)],
        )
      })
  const domains = (behavior: "allow" | "deny") =>
    book[behavior].domain
      .filter(({ rule }) => behavior === "deny" || !managedHosts || rule.source === "policySettings")
      .map(({ parsed }) => parsed.pattern)
      .filter((pattern) => /^(\*\.)?([\w-]+\.)+[\w-]+$/.test(pattern))
  const denyRead = paths("Read")
  return {
    denyRead,
    // What may not be read may not be written either. bubblewrap takes no patterns for writing.
    denyWrite: [...paths("Edit"), ...denyRead].filter((path) => !/[*?[\]]/.test(path)),
    allowedHosts: domains("allow"),
    deniedHosts: domains("deny"),
  }
}

function absolute(path: string, base: string, home: string): string {
  // Both spellings of an absolute path: rules write `//abs`.
  return resolve(base, path.replace(/^~(?=\/|$)/, home).replace(/^\/\/+/, "/"))
}

function group(value: unknown): Group {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Group) : {}
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : []
}

function listOf(value: unknown): readonly Group[] {
  return Array.isArray(value) ? value.map(group) : []
}
