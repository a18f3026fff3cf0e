/** @throws RangeError without a sample. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

export function p95(samples: readonly number[]): number {
  return quantile(samples, 0.95)
}

/** Nearest rank. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  if (value === undefined) throw new RangeError("no samples")
  return value
}
