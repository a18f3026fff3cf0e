/**
 * Keeps images and documents within the service's limits by leaving out the oldest. They go in steps, not one by
 * one, so that the prompt cache is lost once in a while and not with every new image.
 */
import { type Block, isBlock, type MediaSource, type ResultContent } from "../model/block.ts"
import type { Turn } from "./assemble-turns.ts"
import { placeholder } from "./clean-block.ts"

/** Platform docs: images (and documents) in one request. */
const MAX_MEDIA = 100
const STEP_MEDIA = 20
/** The body may have 32 MB; a full window of text takes up to 8. */
const MAX_MEDIA_CHARS = 22 * 1024 * 1024
const STEP_CHARS = 4 * 1024 * 1024

const LEFT_OUT = placeholder(
  "an older image or document was left out to stay within the limits of one request",
)

function sizeOf(source: MediaSource): number {
  return "data" in source ? source.data.length : 0
}

/** Cheap: asked of every block of every request. */
function mayHoldMedia(block: Block): boolean {
  if (block.type === "tool_result") return typeof block.content !== "string"
  return block.type === "image" || block.type === "document"
}

/** Sizes of the media in one block, in order. */
function mediaIn(block: Block): number[] {
  if (isBlock(block, "image") || isBlock(block, "document")) return [sizeOf(block.source)]
  if (!isBlock(block, "tool_result") || typeof block.content === "string") return []
  return block.content.flatMap((part) => mediaIn(part as Block))
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}

/** Changes `turns` in place. */
export function limitMedia(turns: readonly Turn[]) {
  const sizes: number[] = []
  for (const turn of turns) {
    for (const { block } of turn.slots) if (mayHoldMedia(block)) sizes.push(...mediaIn(block))
  }
  if (sizes.length === 0) return
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let drop = sizes.length > MAX_MEDIA ? roundUp(sizes.length - MAX_MEDIA, STEP_MEDIA) : 0
  if (total > MAX_MEDIA_CHARS) {
    const excess = roundUp(total - MAX_MEDIA_CHARS, STEP_CHARS)
    let freed = 0
    let enough = 0
    while (freed < excess && enough < sizes.length) freed += sizes[enough++] ?? 0
    drop = Math.max(drop, enough)
  }
  if (drop === 0) return
  const strip = (block: Block): Block => {
    if (drop === 0 || mediaIn(block).length === 0) return block
    if (isBlock(block, "tool_result") && typeof block.content !== "string")
      return { ...block, content: block.content.map((part) => strip(part as Block) as ResultContent) }
    drop--
    return LEFT_OUT
  }
  for (const turn of turns) turn.slots = turn.slots.map((slot) => ({ ...slot, block: strip(slot.block) }))
}
