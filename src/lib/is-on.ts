/** Whether the value of a variable says yes (spec/cli.md section 5): 1, true, yes or on, in any case, blanks around allowed. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on)$/i.test(value.trim())
}
