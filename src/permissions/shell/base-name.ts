/** The last part of a path: a program by whatever path it is called. */
export function baseName(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1)
}
