/** AskUserQuestion: the permission answer carries the person's answers back in the input (spec/tools.md). */
import * as z from "zod"
import { failed, type Tool } from "../model/tool.ts"
import prompt from "./ask-user-question.md" with { type: "text" }

const option = z.strictObject({
  label: z.string().describe("What is chosen, one to five words"),
  description: z.string().describe("What choosing it means"),
  preview: z.string().optional().describe("Text or code to compare"),
})
const question = z.strictObject({
  question: z.string().describe("The question, in full"),
  header: z.string().describe("Short label, at most 12 characters"),
  options: z.array(option).min(2).max(4),
  multiSelect: z.boolean().default(false).describe("Several options may be chosen"),
})
const schema = z
  .strictObject({
    questions: z.array(question).min(1).max(4),
    answers: z.record(z.string(), z.string()).optional().describe("Filled in by the person"),
    annotations: z
      .record(z.string(), z.strictObject({ preview: z.string().optional(), notes: z.string().optional() }))
      .optional()
      .describe("Filled in by the person"),
    metadata: z.strictObject({ source: z.string().optional() }).optional(),
  })
  .refine((input) => new Set(input.questions.map((one) => one.question)).size === input.questions.length, {
    message: "Each question may be asked only once",
  })
export type AskUserQuestionInput = z.infer<typeof schema>

export const askUserQuestion: Tool<AskUserQuestionInput> = {
  name: "AskUserQuestion",
  prompt,
  schema,
  offered: "always",
  access: () => [{ kind: "person" }],
  title: (input) => input.questions[0]?.question.split("\n")[0] ?? "",
  async *run(input) {
    const { questions, answers = {}, annotations } = input
    const answered = questions.filter((one) => answers[one.question] !== undefined)
    if (answered.length === 0)
      return failed("The person did not answer the questions. Go on without, or ask differently.")
    const lines = questions.map((one) => {
      const answer = answers[one.question]
      const note = annotations?.[one.question]?.notes
      return `"${one.question}"=${answer === undefined ? "(not answered)" : `"${answer}"`}${note ? ` note: ${note}` : ""}`
    })
    const content = `The person has answered your questions:\n${lines.join("\n")}\nGo on with these answers in mind.`
    return {
      content,
      data: { questions, answers, ...(annotations === undefined ? {} : { annotations }) },
      view: {
        kind: "text",
        summary: answered.map((one) => `${one.header}: ${answers[one.question]}`).join(" · "),
      },
    }
  },
}
