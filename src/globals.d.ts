/** Set by `scripts/build.ts`; absent when running from source. */
declare const VERSION: string | undefined

declare module "*.md" {
  const text: string
  export default text
}

/** The path of a program that the build embeds in the executable. */
declare module "*/apply-seccomp" {
  const path: string
  export default path
}

declare module "*.jar" {
  const path: string
  export default path
}
