/** How a check says no, and the small tests that checks share. */

export interface RequestProblem {
  readonly status: number
  readonly type: string
  readonly message: string
}

export type Json = Readonly<Record<string, unknown>>

export class Rejection extends Error {
  constructor(readonly problem: RequestProblem) {
    super(problem.message)
  }
}

export function reject(message: string): never {
  throw new Rejection({ status: 400, type: "invalid_request_error", message })
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Fields the service does not know are refused. */
export function noExtras(value: Json, known: readonly string[], where: string) {
  for (const key of Object.keys(value))
    if (!known.includes(key)) reject(`${where}.${key}: Extra inputs are not permitted`)
}

/** Models of the 4.5 generation and older: extended thinking by budget, no effort. */
export function isBudgetModel(model: string): boolean {
  return /claude-(3|opus-4-[015]|sonnet-4-[05]|haiku-4|opus-4-2025|sonnet-4-2025)/.test(model)
}
