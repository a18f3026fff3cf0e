import { expect, test } from "bun:test"
import { fuzz } from "./fuzz.ts"

/** `FUZZ=200000` runs that many; `FUZZ_SEED` starts elsewhere. */
const programs = Number(process.env.FUZZ ?? 5_000)
const seed = Number(process.env.FUZZ_SEED ?? 1)

test(
  "no program that runs without a question leaves a mark in a real bash",
  async () => {
    const result = await fuzz({ programs, seed })
    expect(result.misses).toEqual([])
    // A generator that nothing passes would prove nothing.
    expect(result.allowed).toBeGreaterThan(programs / 20)
  },
  Math.max(60_000, programs * 20),
)
