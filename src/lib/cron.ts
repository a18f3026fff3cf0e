/** Five-field cron expressions in local time: minute, hour, day of month, month, day of week. */

export interface Cron {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>
  /** Where both days and weekdays are named, either counts, as cron does it. */
  readonly eitherDay: boolean
}

const FIELDS = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of month", min: 1, max: 31, names: [] },
  { name: "month", min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "day of week", min: 0, max: 7, names: "sun mon tue wed thu fri sat".split(" ") },
] as const

/** Days looked ahead; 29 February on a named weekday comes at least every 40 years. */
const MAX_DAYS = 366 * 41

/** @throws Error in one line that names the field. */
export function parseCron(text: string): Cron {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== 5)
    throw new Error(`a cron expression has five fields (minute hour day month weekday), not ${parts.length}`)
  const [minutes, hours, days, months, weekdays] = parts.map(parseField) as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ]
  if (weekdays.delete(7)) weekdays.add(0)
  const eitherDay = !parts[2]?.startsWith("*") && !parts[4]?.startsWith("*")
  return { minutes, hours, days, months, weekdays, eitherDay }
}

function parseField(text: string, at: number): Set<number> {
  const field = FIELDS[at] as (typeof FIELDS)[number]
  const wrong = () => new Error(`the ${field.name} of the cron expression is not valid: ${text}`)
  const names: readonly string[] = field.names
  const offset = field.name === "month" ? 1 : 0
  const number = (word: string): number => {
    const named = names.indexOf(word.toLowerCase())
    const value = named >= 0 ? named + offset : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
    if (!(value >= field.min && value <= field.max)) throw wrong()
    return value
  }
  const values = new Set<number>()
  for (const part of text.split(",")) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,2}))?$/i.exec(part)
    if (match === null || (match[1] === "*" && match[2] !== undefined)) throw wrong()
    const [, from = "", to, every] = match
    const step = every === undefined ? 1 : Number(every)
    if (step < 1) throw wrong()
    const first = from === "*" ? field.min : number(from)
    const top = at === 4 ? 6 : field.max
    const last = to !== undefined ? number(to) : from === "*" || every !== undefined ? top : first
    if (last < first) throw wrong()
    for (let value = first; value <= last; value += step) values.add(value)
  }
  return values
}

/** The first time after `after`, to the minute; null when there is none (30 February). */
export function nextFire(cron: Cron, after: Date): Date | null {
  const hours = [...cron.hours].sort((a, b) => a - b)
  const minutes = [...cron.minutes].sort((a, b) => a - b)
  for (let ahead = 0; ahead <= MAX_DAYS; ahead++) {
    const day = new Date(after.getFullYear(), after.getMonth(), after.getDate() + ahead)
    if (!fallsOn(cron, day)) continue
    for (const hour of hours) {
      for (const minute of minutes) {
        const time = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute)
        // An hour that the clock skips in spring does not exist.
        if (time > after && time.getHours() === hour) return time
      }
    }
  }
  return null
}

function fallsOn(cron: Cron, day: Date): boolean {
  if (!cron.months.has(day.getMonth() + 1)) return false
  const inMonth = cron.days.has(day.getDate())
  const inWeek = cron.weekdays.has(day.getDay())
  return cron.eitherDay ? inMonth || inWeek : inMonth && inWeek
}
