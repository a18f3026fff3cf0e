/** Set by `scripts/build.ts`; absent when running from source. */
declare const VERSION: string | undefined

declare module "*.md" {
  const text: string
  export default text
}
