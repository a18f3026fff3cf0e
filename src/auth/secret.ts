/** A value that prints as `‹secret›` wherever it is logged, serialised or put into a message; only `reveal` gives it. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

const HIDDEN = "‹secret›"

export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => HIDDEN,
    toJSON: () => HIDDEN,
    [Symbol.for("nodejs.util.inspect.custom")]: () => HIDDEN,
  })
}

export function sameSecret(a: Secret | null, b: Secret | null): boolean {
  return a?.reveal() === b?.reveal()
}
