/** A time of day as a person wants to read it. */

export interface ClockStyle {
  /** `auto` (as the locale has it), `12-hour`, `24-hour`, `24-hour-utc`, or a pattern with `%H %I %M %S %p %Y %m %d`. */
  readonly format: string
  /** IANA name; absent or unknown is the machine's own. */
  readonly zone?: string
}

/** `at` in milliseconds since 1970. Total: a zone that is none is left out. */
export function clockText(at: number, { format, zone }: ClockStyle): string {
  const timeZone = format === "24-hour-utc" ? "UTC" : knownZone(zone)
  const base = timeZone === undefined ? {} : { timeZone }
  if (format === "auto") return write(at, { ...base, hour: "numeric", minute: "2-digit" })
  if (format === "12-hour")
    return write(at, { ...base, hour: "numeric", minute: "2-digit", hour12: true }, "en-US")
  const part = parts(at, base)
  if (format === "24-hour") return `${part("hour")}:${part("minute")}`
  if (format === "24-hour-utc") return `${part("hour")}:${part("minute")} UTC`
  const hour = Number(part("hour"))
  const values: Readonly<Record<string, string>> = {
    H: part("hour"),
    I: String(hour % 12 === 0 ? 12 : hour % 12).padStart(2, "0"),
    M: part("minute"),
    S: part("second"),
    p: hour < 12 ? "AM" : "PM",
    Y: part("year"),
    m: part("month"),
    d: part("day"),
    "%": "%",
  }
  return format.replace(/%([HIMSpYmd%])/g, (whole, name: string) => values[name] ?? whole)
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function knownZone(zone: string | undefined): string | undefined {
  return zone !== undefined && zone !== "" && isZone(zone) ? zone : undefined
}

function write(at: number, options: Intl.DateTimeFormatOptions, locale?: string): string {
  return new Intl.DateTimeFormat(locale, options).format(at)
}

function parts(at: number, base: Intl.DateTimeFormatOptions): (type: string) => string {
  const all = new Intl.DateTimeFormat("en-GB", {
    ...base,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at)
  return (type) => all.find((part) => part.type === type)?.value ?? ""
}
