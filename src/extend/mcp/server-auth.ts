/** How requests to one remote server are signed. The sign-ins lie outside (auth/server-auth.ts); a server only asks. */
export interface ServerAuth {
  /** The token to send now; null when nobody has signed in. Never rejects. */
  token(signal: AbortSignal): Promise<string | null>
  /** The server refused `stale`: another token, refreshed at most once; null when the person must sign in. Never rejects. */
  renew(stale: string | null, signal: AbortSignal): Promise<string | null>
  /** Whether the server names a place to sign in at. Never rejects. */
  offersSignIn(signal: AbortSignal): Promise<boolean>
}
