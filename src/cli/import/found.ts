/** What can be taken over from another agent's configuration. Reading changes nothing. */
export interface Found {
  /** Entries of `mcpServers`, in our shape. */
  readonly servers: Readonly<Record<string, object>>
  /** Commands by name, as Markdown. */
  readonly commands: Readonly<Record<string, string>>
  /** Instructions for every project, as Markdown; empty when there are none. */
  readonly instructions: string
  /** Where all this was read. */
  readonly files: readonly string[]
  /** One line for each thing that cannot be used. */
  readonly problems: readonly string[]
}
