/** Pictures as the API takes them: at most 2000 px a side and small enough, whatever was on the disk. */
import type { ResultContent } from "../../model/block.ts"
import { sizeText } from "../result.ts"
import { NotReadable } from "./open.ts"

/** spec/tools.md Read: past it the picture becomes a JPEG. */
const KEEP_BYTES = 500 * 1024
/** A side longer than this is made smaller by the service anyway. */
const MAX_SIDE = 2_000
/** The API's limits: 5 MB of base64, so 3.75 MB of bytes. */
const MAX_BYTES = 3_750_000
/** What is read from disk at all; own choice. */
export const IMAGE_FILE_BYTES = 64 * 1024 * 1024
/** A picture that blows up past this is not decoded; own choice. */
const MAX_PIXELS = 100_000_000

/** Of 100; the eye sees no difference. Own choice. */
const JPEG_QUALITY = 80
/** The longest of the marks that tell a kind of picture. */
const MARK_BYTES = 12

export type ImageType = "image/jpeg" | "image/png" | "image/gif" | "image/webp"

/** By content, not by name. */
export function imageType(bytes: Uint8Array): ImageType | null {
  const text = Buffer.from(bytes.subarray(0, MARK_BYTES)).toString("latin1")
  if (text.startsWith("\x89PNG\r\n")) return "image/png"
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg"
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "image/gif"
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "image/webp"
  return null
}

export interface Picture {
  readonly type: ImageType
  readonly base64: string
  readonly dimensions: {
    readonly originalWidth: number
    readonly originalHeight: number
    readonly displayWidth: number
    readonly displayHeight: number
  }
}

/** Throws `NotReadable` for a picture that cannot be decoded or made small enough. */
export async function fitPicture(bytes: Buffer, type: ImageType): Promise<Picture> {
  try {
    const { width, height } = await new Bun.Image(bytes, { maxPixels: MAX_PIXELS }).metadata()
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height))
    const asIs = scale === 1 && bytes.length <= KEEP_BYTES
    const sent = asIs ? { bytes, type } : await shrink(bytes, type, Math.max(1, Math.round(width * scale)))
    if (sent.bytes.length > MAX_BYTES)
      throw new NotReadable(`The image is too large (${sizeText(sent.bytes.length)}).`)
    const display = asIs ? { width, height } : await new Bun.Image(sent.bytes).metadata()
    return {
      type: sent.type,
      base64: Buffer.from(sent.bytes).toString("base64"),
      dimensions: {
        originalWidth: width,
        originalHeight: height,
        displayWidth: display.width,
        displayHeight: display.height,
      },
    }
  } catch (error) {
    if (error instanceof NotReadable) throw error
    throw new NotReadable(`The image could not be read: ${(error as Error).message}`)
  }
}

async function shrink(
  bytes: Buffer,
  type: ImageType,
  width: number,
): Promise<{ bytes: Uint8Array; type: ImageType }> {
  const image = () =>
    new Bun.Image(bytes, { maxPixels: MAX_PIXELS }).resize(width, undefined, { withoutEnlargement: true })
  if (type === "image/png") {
    const png = await image().png().bytes()
    if (png.length <= KEEP_BYTES) return { bytes: png, type }
  }
  return { bytes: await image().jpeg({ quality: JPEG_QUALITY }).bytes(), type: "image/jpeg" }
}

export function imageBlock(picture: Pick<Picture, "type" | "base64">): ResultContent {
  return { type: "image", source: { type: "base64", media_type: picture.type, data: picture.base64 } }
}
