/** As much of a task's output as a host gets (the protocol's documented 8 KiB). */
const TAIL_BYTES = 8 * 1024

/** The end of a file as the reply of `get_task_output`; a file that is not there reads as empty. */
export async function readTail(path: string) {
  const file = Bun.file(path)
  if (!(await file.exists())) return { output: "", total_bytes: 0, truncated: false }
  const total = file.size
  const from = Math.max(0, total - TAIL_BYTES)
  return { output: await file.slice(from, total).text(), total_bytes: total, truncated: from > 0 }
}
