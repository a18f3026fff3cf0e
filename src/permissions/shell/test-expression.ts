/** `[[ … ]]`: harmless except where it evaluates a word as arithmetic or as a variable's name. */

import type { TestExpression } from "unbash"
import { never } from "../../lib/never.ts"
import { isNumeric } from "./state.ts"
import { opaque, type Walk } from "./visit.ts"
import type { WordReader } from "./word-reader.ts"
import { readQuoted } from "./words.ts"

type Operand = Extract<TestExpression, { type: "TestUnary" }>["operand"]

const ARITHMETIC = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"])
const FILES = new Set([
  "-a",
  "-b",
  "-c",
  "-d",
  "-e",
  "-f",
  "-g",
  "-h",
  "-k",
  "-p",
  "-r",
  "-s",
  "-u",
  "-w",
  "-x",
  "-G",
  "-L",
  "-N",
  "-O",
  "-S",
])

export function walkTest(node: TestExpression, reader: WordReader, walk: Walk): void {
  const source = walk.source.slice(node.pos, node.end)
  switch (node.type) {
    case "TestUnary": {
      const words = read(node.operand, reader)
      if (FILES.has(node.operator)) {
        for (const word of words)
          walk.effects.push({
            kind: "read",
            word,
            source,
            folders: reader.state.folders,
            nested: walk.nested,
          })
      } else if (["-v", "-R"].includes(node.operator)) {
        if (!words.every((w) => w.kind === "literal" && /^\w+$/.test(w.text)))
          opaque(walk, reader.state, "testing a variable by a computed name can run code", source)
      } else if (!["-n", "-z", "-o", "-t"].includes(node.operator)) {
        opaque(walk, reader.state, `the test ${node.operator} is not known`, source)
      }
      return
    }
    case "TestBinary": {
      const words = [...read(node.left, reader), ...read(node.right, reader)]
      if (ARITHMETIC.has(node.operator) && !words.every((w) => isInteger(w, reader)))
        opaque(walk, reader.state, "comparing numbers evaluates text that is only known at run time", source)
      return
    }
    case "TestLogical":
      for (const operand of node.operands) walkTest(operand, reader, walk)
      return
    case "TestNot":
      walkTest(node.operand, reader, walk)
      return
    case "TestGroup":
      walkTest(node.expression, reader, walk)
      return
    default:
      never(node)
  }
}

function read(word: Operand, reader: WordReader) {
  return readQuoted(word.text, word.value, word.parts, reader)
}

function isInteger(word: ReturnType<typeof read>[number], reader: WordReader): boolean {
  if (word.kind !== "literal") return false
  if (/^-?\d+$/.test(word.text) || /^\$(\(\(.*\)\)|[?#$!]|\{#\w+\})$/s.test(word.text)) return true
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(word.text)?.[1]
  return name !== undefined && isNumeric(reader.state.variables.get(name))
}
