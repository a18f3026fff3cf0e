import path from "../../node_modules/@anthropic-ai/sandbox-runtime/vendor/java-proxy-agent/srt-proxy-agent.jar" with {
  type: "file",
}

export const embedded: string = path
