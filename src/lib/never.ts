/** Closes a `switch` over a union: a missing case becomes a type error, and an impossible value a clear exception. */
export function never(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
