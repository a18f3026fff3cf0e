/** Arithmetic evaluates the text of variables, so it is harmless only when every name is known to hold an integer. */

import type { ArithmeticExpression } from "unbash"
import { isScriptVariable } from "./environment.ts"
import { isNumeric } from "./state.ts"
import { NUMERIC_NAMES, type WordReader } from "./word-reader.ts"

/** True when evaluating the expression can only compute: integers, and variables that hold integers. */
export function checkArithmetic(node: ArithmeticExpression | undefined, reader: WordReader): boolean {
  if (!node) return false
  switch (node.type) {
    case "ArithmeticBinary": {
      if (node.operator === "=") return checkArithmetic(node.right, reader) && countUp(node.left, reader)
      if (/^[^=!<>]+=$|^(<<|>>)=$/.test(node.operator))
        return (
          checkArithmetic(node.left, reader) &&
          checkArithmetic(node.right, reader) &&
          countUp(node.left, reader)
        )
      const left = checkArithmetic(node.left, reader)
      return checkArithmetic(node.right, reader) && left
    }
    case "ArithmeticUnary":
      if (!/^(\+\+|--)$/.test(node.operator)) return checkArithmetic(node.operand, reader)
      return checkArithmetic(node.operand, reader) && countUp(node.operand, reader)
    case "ArithmeticTernary": {
      const test = checkArithmetic(node.test, reader)
      const yes = checkArithmetic(node.consequent, reader)
      return checkArithmetic(node.alternate, reader) && yes && test
    }
    case "ArithmeticGroup":
      return checkArithmetic(node.expression, reader)
    case "ArithmeticWord":
      if (node.parts) reader.parts(node.parts)
      return isNumberWord(node.value, reader)
    case "ArithmeticCommandExpansion":
      reader.script(node)
      return false
    default:
      return false
  }
}

function countUp(node: ArithmeticExpression, reader: WordReader): boolean {
  if (node.type !== "ArithmeticWord" || node.parts?.some((p) => p.type !== "Literal")) return false
  const name = node.value.trim()
  if (!isScriptVariable(name)) return false
  reader.count(name)
  return true
}

function isNumberWord(text: string, reader: WordReader): boolean {
  const word = text.trim()
  if (/^(\d+|0[xX][0-9a-fA-F]+|\$[#?$])$/.test(word)) return true
  const name = /^\$?([A-Za-z_]\w*)$/.exec(word)?.[1] ?? /^\$\{([A-Za-z_]\w*)\}$/.exec(word)?.[1]
  if (!name) return false
  return (
    isNumeric(reader.state.variables.get(name)) ||
    (!reader.state.wild && NUMERIC_NAMES.has(name) && !reader.state.variables.has(name))
  )
}
