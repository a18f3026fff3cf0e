/**
 * The one list that everything about a command is judged from. A walk of the syntax tree produces it; nothing
 * downstream looks at the command's text again to find out what it does.
 */

/** The folders a relative path may be relative to; null when nobody can say. */
export type Folders = readonly string[] | null

/** One word as a program receives it, or as much of that as is known before running. */
export interface ShellWord {
  /** As written in the source. */
  readonly raw: string
  /** The value; pieces that are only known at run time stand as written. */
  readonly text: string
  /** The value with run-time pieces empty: the worst case for a removal. */
  readonly emptied: string
  /**
   * `literal`: exactly this text. `glob`: names of existing files that match `text`.
   * `data`: exactly one word whose content is only known at run time, and no secret of the environment.
   * `dynamic`: any number of any words.
   */
  readonly kind: "literal" | "glob" | "data" | "dynamic"
  /** Text the value certainly begins with. */
  readonly lead: string
  /** Its run-time part is what judged commands print: nothing of the environment. */
  readonly printed?: true
}

export interface Assigned {
  readonly name: string
  readonly raw: string
  /** Known value, or null. */
  readonly value: string | null
}

/** How a command uses a file named by one of its words. */
export interface FileUse {
  readonly access: "read" | "write" | "remove"
  readonly word: ShellWord
  /** Everything below it as well; `visible`: but for names that start with a dot. */
  readonly deep?: "all" | "visible"
  /** Holds only when no name of a file there can be read as something else: no blanks, quotes or leading dashes. */
  readonly names?: "plain"
  /** It is the repository's content that is read: `index` what is tracked now, `history` what ever was. */
  readonly repository?: "index" | "history"
  /** Pathspecs of git that leave files out. */
  readonly except?: readonly string[]
}

/** What the tables and builtins know about one invocation. */
export interface Knowledge {
  /** `read`: changes nothing. `edit`: changes only the files it names. */
  readonly effect: "read" | "edit"
  readonly files: readonly FileUse[]
}

interface Placed {
  /** The source slice a person reads. */
  readonly source: string
  readonly folders: Folders
  /** Code handed to another interpreter (`bash -c`, `eval`): only deny and ask rules look at it. */
  readonly nested: boolean
}

export interface Execute extends Placed {
  readonly kind: "execute"
  readonly words: readonly ShellWord[]
  /** The last part of every word's path: a program is known by it wherever it lies. */
  readonly names: readonly string[]
  readonly assigned: readonly Assigned[]
  readonly knowledge: Knowledge | null
}

export type Effect =
  | Execute
  | (Placed & { readonly kind: "read" | "write"; readonly word: ShellWord })
  | (Placed & { readonly kind: "set"; readonly assigned: Assigned })
  | (Placed & { readonly kind: "define"; readonly name: string })
  | (Placed & { readonly kind: "opaque"; readonly why: string })
  /** `by` runs code that is not read: from a pipe to a shell (`shell`), or in another language. */
  | (Placed & {
      readonly kind: "unread"
      readonly why: string
      readonly by: Execute
      readonly shell: boolean
    })

export function literalWord(text: string): ShellWord {
  return { raw: text, text, emptied: text, kind: "literal", lead: text }
}

/** The working directory as an operand. */
export const HERE: ShellWord = literalWord(".")
