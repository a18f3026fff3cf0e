/** A command that prints a picture as a `data:` URI shows it to the model as a picture. */
import type { ResultContent } from "../../model/block.ts"
import { fitPicture, imageBlock, imageType } from "../files/image.ts"

const DATA_URI = /^\s*data:image\/(?:png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)$/

/** Null when the text is no picture, or none that can be read: then it stays text. */
export async function printedImage(stdout: string): Promise<ResultContent | null> {
  if (!stdout.startsWith("data:image/")) return null
  const base64 = DATA_URI.exec(stdout)?.[1]
  if (base64 === undefined) return null
  const bytes = Buffer.from(base64, "base64")
  const type = imageType(bytes)
  if (type === null) return null
  return fitPicture(bytes, type).then(imageBlock, () => null)
}
