/** Every built-in tool, in the order the model sees them. Import this module lazily: it loads zod. */
import type { AnyTool } from "../model/tool.ts"
import { bash } from "./bash.ts"
import { edit } from "./edit.ts"
import { glob } from "./glob.ts"
import { grep } from "./grep.ts"
import { read } from "./read.ts"
import { write } from "./write.ts"

export const TOOLS: readonly AnyTool[] = [bash, edit, glob, grep, read, write]
