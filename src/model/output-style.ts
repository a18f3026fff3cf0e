/** How the model works and talks, by the person's choice. */
export interface OutputStyle {
  readonly name: string
  readonly body: string
  /** The default's instructions on how to work stay. */
  readonly keepsInstructions: boolean
}
