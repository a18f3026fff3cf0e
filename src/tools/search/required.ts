/** Shorter text is in nearly every file and saves nothing. */
const MIN_LENGTH = 3

/**
 * The longest text that every match of a regular expression holds, or null. Reads only what it is sure of: groups,
 * alternatives and counted repeats make it give up.
 */
export function requiredText(body: string): string | null {
  if (/[(|{]/.test(body)) return null
  let best = ""
  let run = ""
  const end = () => {
    if (run.length > best.length) best = run
    run = ""
  }
  for (let at = 0; at < body.length; at += 1) {
    let char = body[at] ?? ""
    if (char === "[") {
      end()
      // A class ends at the first `]` that is neither escaped nor its first member; nested ones are left alone.
      const close = /^\[\^?\]?(?:\\.|[^\]\\[])*\]/s.exec(body.slice(at))
      if (close === null) return null
      at += close[0].length - 1
      if (/[*?]/.test(body[at + 1] ?? "")) at += 1
      continue
    }
    if (char === "\\") {
      at += 1
      char = body[at] ?? ""
      if (!/[.+*?()|[\]{}^$/\\-]/.test(char)) {
        end()
        // `\x41`, `\p{…}`: what follows belongs to the escape.
        if (/[xupPkc0-9]/.test(char)) return null
        continue
      }
    } else if (!/[\w /'"=<>:;,@#%&!~`-]/.test(char)) {
      end()
      continue
    }
    const next = body[at + 1] ?? ""
    if (next === "*" || next === "?") {
      end()
      continue
    }
    run += char
    if (next === "+") end()
  }
  end()
  return best.length >= MIN_LENGTH ? best : null
}
