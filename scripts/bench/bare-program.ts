/**
 * The floor: what the runtime itself costs. `hello` prints and ends; `post` sends one request and prints the answer;
 * `echo` is a raw terminal that echoes what is typed.
 */
export {}

const mode = process.argv[2]
if (mode === "hello") console.log("hello")
if (mode === "post") {
  const body = JSON.stringify({
    model: "claude-sonnet-5-5",
    max_tokens: 1,
    messages: [{ role: "user", content: "x" }],
  })
  const headers = {
    "content-type": "application/json",
    "x-api-key": "bench",
    "anthropic-version": "2023-06-01",
  }
  const answer = await fetch(`${process.env.ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers,
    body,
  })
  console.log(await answer.text())
}
if (mode === "echo") {
  process.stdin.setRawMode(true)
  process.stdout.write("> ")
  process.stdin.on("data", (keys) => process.stdout.write(keys))
}
