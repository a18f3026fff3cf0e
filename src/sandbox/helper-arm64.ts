import path from "../../node_modules/@anthropic-ai/sandbox-runtime/vendor/seccomp/arm64/apply-seccomp" with {
  type: "file",
}

export const embedded: string = path
