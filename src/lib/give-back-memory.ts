/**
 * Collects garbage and gives pages back to the system: some 40 ms in which nothing else runs, for times when nobody waits. The
 * second collection finds what the first only made free to go; measured, the two together leave 10 MB less than one.
 */
export function giveBackMemory(): void {
  Bun.gc(true)
  Bun.shrink()
  Bun.gc(true)
}
