/** Saves the unsent draft shortly after typing stopped, so that a crash loses no more than the last words. */
const PAUSE_MS = 400

export interface DraftKeeper {
  changed(text: string): void
  /** Saves now what is not saved yet. */
  flush(): void
}

export function createDraftKeeper(save: (text: string) => void): DraftKeeper {
  let timer: ReturnType<typeof setTimeout> | null = null
  let pending: string | null = null
  let saved = ""
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (pending !== null && pending !== saved) {
      saved = pending
      save(pending)
    }
    pending = null
  }
  return {
    changed(text) {
      if (text === (pending ?? saved)) return
      pending = text
      if (text === "") return flush()
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(flush, PAUSE_MS)
    },
    flush,
  }
}
