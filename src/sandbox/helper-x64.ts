import path from "../../node_modules/@anthropic-ai/sandbox-runtime/vendor/seccomp/x64/apply-seccomp" with {
  type: "file",
}

export const embedded: string = path
