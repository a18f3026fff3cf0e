/** The throw-away project of the demo: two shell scripts and a failing test, runnable wherever there is a `sh`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export const DEMO_PROMPT = "The test of this project fails. Find out why and fix it."

export const SCRIPT_FILE = "slugify.sh"
export const TEST_FILE = "test.sh"
export const TEST_COMMAND = `sh ${TEST_FILE}`

/** The line with the mistake, and the one without. */
export const BROKEN_LINE = `  printf '%s' "$1" | tr ' ' '-'`
export const FIXED_LINE = `  printf '%s' "$1" | tr 'A-Z ' 'a-z-' | tr -s '-'`

const FILES: Readonly<Record<string, string>> = {
  "README.md": `# slugify

Turns a title into the last part of a web address: \`Hello World\` becomes \`hello-world\`.

Run the test with \`${TEST_COMMAND}\`.
`,
  [SCRIPT_FILE]: `# Turns a title into a slug: lower case, words joined by single dashes.
slugify() {
${BROKEN_LINE}
}
`,
  [TEST_FILE]: `# Says what differs and exits with 1 when a slug is wrong.
cd "$(dirname "$0")" || exit 2
. ./${SCRIPT_FILE}

failed=0
check() {
  got=$(slugify "$1")
  if [ "$got" = "$2" ]; then
    echo "ok    $1 -> $got"
  else
    echo "FAIL  $1 -> $got (expected $2)"
    failed=1
  fi
}

check "notes" "notes"
check "Hello World" "hello-world"
check "Two  Spaces" "two-spaces"
exit $failed
`,
}

/** Writes the project into `dir`, which is made when missing. Throws when one of its files is already there. */
export function createDemoProject(dir: string) {
  mkdirSync(dir, { recursive: true })
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text, { flag: "wx" })
}
