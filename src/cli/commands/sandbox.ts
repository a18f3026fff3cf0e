/** `ccts sandbox check`: tries to get out of the sandbox of this machine, and says what became of each attempt. */
import { complain } from "../complain.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { printJson, printLine, printText } from "../print.ts"

/** Documented: 0 everything held, 1 something got through or ordinary work failed, 2 there is no sandbox here. */
const EXIT = { held: 0, broken: 1, none: 2 } as const
const EXIT_USAGE = 64

export const sandboxCommand = defineSubcommand({
  meta: {
    name: "sandbox",
    description:
      "check: try to get out of the sandbox of this machine, in a throw-away folder. Exit code: 0 everything held, 1 something got through, 2 no sandbox here.",
  },
  args: {
    action: { type: "positional", required: false, description: "check" },
    json: { type: "boolean", description: "Print one JSON object" },
  },
  async run({ args }) {
    if (args.action !== "check") {
      const what =
        args.action === undefined ? "Say which: check" : `There is no "${args.action}" here; there is check`
      complain(`${what}.`)
      return EXIT_USAGE
    }
    const [{ prepare }, { sandboxPlan }, { whyUnavailable }, { runCheck }, { renderOutcome, renderSummary }] =
      await Promise.all([
        import("../prepare.ts"),
        import("../sandbox-plan.ts"),
        import("../../sandbox/availability.ts"),
        import("../../sandbox/check/run.ts"),
        import("../../sandbox/check/table.ts"),
      ])
    const plan = sandboxPlan(prepare({}, false))
    const unavailable = await whyUnavailable(plan, process.env)
    if (unavailable !== null) {
      if (args.json === true) printJson({ available: false, reason: unavailable })
      else complain(`There is no sandbox here: ${unavailable}.`)
      return EXIT.none
    }
    const programs = {
      ...(plan.bwrapPath === undefined ? {} : { bwrapPath: plan.bwrapPath }),
      ...(plan.socatPath === undefined ? {} : { socatPath: plan.socatPath }),
    }
    const outcomes = []
    for await (const outcome of runCheck({ programs, env: process.env })) {
      outcomes.push(outcome)
      if (args.json !== true) printText(renderOutcome(outcome))
    }
    if (args.json === true) {
      const rows = outcomes.map(({ attempt, result, detail, ok }) => ({
        group: attempt.group,
        attempt: attempt.name,
        expected: attempt.expected,
        result,
        ok,
        detail,
      }))
      printJson({ available: true, ok: outcomes.every(({ ok }) => ok), attempts: rows })
    } else printLine(renderSummary(outcomes))
    return outcomes.every(({ ok }) => ok) ? EXIT.held : EXIT.broken
  },
})
