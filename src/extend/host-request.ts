/** The way to the host (spec/headless.md section 2.5), as the channel of `headless/` offers it. */
export interface HostRequest {
  request(subtype: string, payload: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>
}
