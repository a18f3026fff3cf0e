/** How reviews have gone: after so many refusals the person is asked again, until they allow something. */

/** Refusals after which the person is asked again: in a row, and in all, since they last said yes. */
const IN_A_ROW = 3
const IN_ALL = 20

/** What a session remembers of its reviews. */
export interface Reviews {
  /** The person has agreed to the mode. */
  accepted: boolean
  inARow: number
  inAll: number
}

export function newReviews(accepted: boolean): Reviews {
  return { accepted, inARow: 0, inAll: 0 }
}

/** The person said yes to something: reviews go on. */
export function personAllowed(reviews: Reviews): void {
  reviews.inARow = 0
  reviews.inAll = 0
}

export function isPaused({ inARow, inAll }: Reviews): boolean {
  return inARow >= IN_A_ROW || inAll >= IN_ALL
}

export function pauseWords({ inARow }: Reviews): string {
  const what = inARow >= IN_A_ROW ? `${IN_A_ROW} actions in a row` : `${IN_ALL} actions`
  return `Auto mode refused ${what}: you are asked again until you allow one`
}
