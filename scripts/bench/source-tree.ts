/** A folder that looks like a large checkout, the same at every run. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** The promise in issue 4 is about trees of at least 50,000 files. */
export const TREE_FILES = 64_000
const FILES_PER_FOLDER = 40
/** One file in so many holds what is searched for. */
const NEEDLE_EVERY = 200

/** What the literal search looks for. */
export const LITERAL = "resolveCertificateChain"
/** What the regex search looks for. */
export const REGEX = "function\\s+\\w+Error"

const WORDS =
  "const return await import export value result index buffer stream config handler promise object array string number token parse render commit branch session function Error".split(
    " ",
  )

export function makeSourceTree(root: string, files = TREE_FILES): void {
  // A generator of its own: Math.random would make another tree each time.
  let seed = 42
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const lines = Array.from(
    { length: 500 },
    () => `  ${Array.from({ length: 4 + next(8) }, () => WORDS[next(WORDS.length)]).join(" ")};`,
  )
  mkdirSync(root, { recursive: true })
  mkdirSync(join(root, ".git"))
  writeFileSync(join(root, ".gitignore"), "dist/\n*.log\n")
  let folder = root
  for (let number = 0; number < files; number += 1) {
    if (number % FILES_PER_FOLDER === 0) {
      folder = join(root, `pkg${Math.floor(number / 2_000)}`, number % 400 === 0 ? "dist" : `mod${number}`)
      mkdirSync(folder, { recursive: true })
    }
    const body = Array.from({ length: 20 + next(150) }, () => lines[next(lines.length)])
    if (number % NEEDLE_EVERY === 3) body[10] = `  ${LITERAL}(options);`
    if (number % NEEDLE_EVERY === 7) body[11] = `export function  parse${number}Error() {}`
    writeFileSync(join(folder, `file${number}.${number % 9 === 0 ? "log" : "ts"}`), `${body.join("\n")}\n`)
  }
}
