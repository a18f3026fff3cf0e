/** Larger files are shown, but not edited by text replacement: nobody holds them in memory. */
export const EDITABLE_BYTES = 64 * 1024 * 1024
/** The record keeps the original of an edited file up to here; past it, null (spec/tools.md allows it). */
export const ORIGINAL_CHARS = 1_000_000
