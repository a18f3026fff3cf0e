/** Four edits of three files, one of them new: two hunks, one, and one. */

export const NUMBERS = `${Array.from({ length: 40 }, (_, i) => `line ${i + 1}`).join("\n")}\n`
export const swap = (file: string, from: string, to: string) => ({
  file_path: file,
  old_string: from,
  new_string: to,
})
export const EDITS = [
  swap("a.txt", "line 3\n", "LINE 3\n"),
  swap("a.txt", "line 30\n", "LINE 30\n"),
  swap("b.txt", "one", "two"),
  swap("c.txt", "", "fresh\n"),
]
