/** The window as a square of a hundred cells (`gridRows` of spec/headless.md section 7): what is used, free, kept back. */

const SIDE = 10

export interface GridCategory {
  readonly name: string
  readonly tokens: number
  readonly color: string
  readonly kind: "used" | "free" | "buffer"
}

export interface GridSquare {
  readonly color: string
  readonly isFilled: boolean
  readonly categoryName: string
  /** Of the whole category, as is `percentage`. */
  readonly tokens: number
  readonly percentage: number
  /** 0 to 1: how much of this square the category needs. */
  readonly squareFullness: number
}

/** Ten rows of ten. Whatever is used gets a square, however little it is; what is free takes up the rounding. */
export function contextGrid(
  categories: readonly GridCategory[],
  window: number,
): readonly (readonly GridSquare[])[] {
  if (window <= 0) return []
  const of = (kind: GridCategory["kind"]) => categories.filter((one) => one.kind === kind)
  const used = of("used").flatMap((one) => squares(one, window))
  const buffer = of("buffer").flatMap((one) => squares(one, window))
  const room = Math.max(0, SIDE * SIDE - used.length - buffer.length)
  const free = of("free").flatMap((one) => Array.from({ length: room }, () => square(one, window, 0)))
  const all = [...used, ...free, ...buffer].slice(0, SIDE * SIDE)
  return Array.from({ length: SIDE }, (_, row) => all.slice(row * SIDE, (row + 1) * SIDE))
}

function squares(category: GridCategory, window: number): readonly GridSquare[] {
  const exact = (category.tokens / window) * SIDE * SIDE
  const count = Math.max(1, Math.round(exact))
  return Array.from({ length: count }, (_, at) =>
    square(category, window, Math.min(1, Math.max(0, exact - at))),
  )
}

function square({ name, tokens, color, kind }: GridCategory, window: number, fullness: number): GridSquare {
  return {
    color,
    isFilled: kind === "used",
    categoryName: name,
    tokens,
    percentage: Math.round((tokens / window) * 1000) / 10,
    squareFullness: Math.round(fullness * 100) / 100,
  }
}
