/** What a benchmark row is given and what it gives back. */
export interface Bench {
  /** The executable under test. */
  readonly binary: string
  /** A bare program compiled by the same Bun in the same run; its modes are in bare-program.ts. */
  readonly bare: string
}

export type Unit = "ms" | "MB" | "%" | "s" | "/s" | "×"

export interface Figure {
  /** Stable name, under which the baseline keeps it. */
  readonly key: string
  readonly label: string
  readonly unit: Unit
  /** Median where it was measured repeatedly. MB are 2^20 bytes. */
  readonly value: number
  readonly p95?: number
  /** The same of the bare program, where it has a like. */
  readonly bare?: number
  /** Above this the project has failed its promise. */
  readonly must?: number
  /** What it strives for. */
  readonly aim?: number
  /** What is held to `must` and `aim`; the median by default. */
  readonly judged?: "p95"
}

export interface Row {
  readonly name: string
  run(bench: Bench): Promise<Figure[]>
}
