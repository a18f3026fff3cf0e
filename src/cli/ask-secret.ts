/** A secret typed at the terminal, not shown. Null without a terminal, on Ctrl+C, and when nothing was typed. */
export async function askSecret(
  question: string,
  stdin: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string | null> {
  if (stdin.isTTY !== true) return null
  output.write(question)
  stdin.setRawMode(true)
  try {
    let text = ""
    for await (const chunk of stdin) {
      for (const letter of String(chunk)) {
        if (letter === "\r" || letter === "\n") return text === "" ? null : text
        if (letter === "\u0003" || letter === "\u0004") return null
        if (letter === "\u007f" || letter === "\b") text = text.slice(0, -1)
        else if (letter >= " ") text += letter
      }
      if (text.length > MAX_SECRET_CHARS) return null
    }
    return null
  } finally {
    stdin.setRawMode(false)
    output.write("\n")
  }
}

/** As for any token (auth/login-store.ts). */
const MAX_SECRET_CHARS = 16_384
