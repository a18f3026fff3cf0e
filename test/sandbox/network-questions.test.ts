import { describe, expect, test } from "bun:test"
import { createNetworkQuestions, type NetworkAnswer } from "../../src/sandbox/network-questions.ts"

function rig() {
  const asked: { host: string; signal: AbortSignal; answer: (answer: NetworkAnswer) => void }[] = []
  const questions = createNetworkQuestions(
    ({ host }, signal) => new Promise((answer) => asked.push({ host, signal, answer })),
  )
  return { asked, questions }
}

describe("hosts that a command wants to reach", () => {
  test("are asked about once, however many connections wait, and answered alike", async () => {
    const { asked, questions } = rig()
    questions.begin()
    const answers = [1, 2, 3].map(() => questions.answer("A.example", 443))
    const other = questions.answer("a.example", 80)
    expect(asked).toHaveLength(2)
    asked[0]?.answer(true)
    asked[1]?.answer("no")
    expect(await Promise.all(answers)).toEqual([true, true, true])
    expect(await other).toBe("no")
    expect(await questions.answer("a.example", 443)).toBe(true)
    expect(asked).toHaveLength(2)
  })

  test("are forgotten when the last command has ended, and asked about again by the next", async () => {
    const { asked, questions } = rig()
    const [first, second] = [questions.begin(), questions.begin()]
    const once = questions.answer("a.example", 443)
    asked[0]?.answer(true)
    await once
    first()
    first()
    expect(await questions.answer("a.example", 443)).toBe(true)
    second()
    questions.begin()
    void questions.answer("a.example", 443)
    expect(asked).toHaveLength(2)
  })

  test("are refused when the command ends first, and the question is taken back", async () => {
    const { asked, questions } = rig()
    const end = questions.begin()
    const answer = questions.answer("a.example", 443)
    end()
    expect(await answer).toBe("the command ended before anybody answered")
    expect(asked[0]?.signal.aborted).toBe(true)
  })

  test("are refused to what a command left behind, without a question", async () => {
    const { asked, questions } = rig()
    questions.begin()()
    expect(await questions.answer("a.example", 443)).toBeString()
    expect(asked).toHaveLength(0)
  })

  test("are limited in number", async () => {
    const { asked, questions } = rig()
    questions.begin()
    const answers = Array.from({ length: 501 }, (_, at) => questions.answer(`h${at}.example`, 443))
    expect(asked).toHaveLength(500)
    expect(await answers.at(-1)).toBe("too many hosts were asked for")
    questions.close()
  })
})
