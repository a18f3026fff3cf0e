/** The identity of a file's bytes: SHA-256, base64url. Used to tell a changed file from a touched one. */
export function contentHash(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("base64url")
}
