import type { CommandRow, ParsedCall } from "./row.ts"

const VIEW =
  "-c -R:name --comments --json:text --jq:text -q:text -t:text --template:text --repo:name --patch --name-only --color:text --log --log-failed --job:text --verbose -v --exit-status --attempt:number --required --yaml -y --ref:text -r:text --branch:text -b:text"
const LIST =
  "-L:number -R:name -s:text -l:text -a:text -A:text -q:text -t:text -B:text -H:text -S:text -d -b:text -e:text -u:text --limit:number --state:text --label:text --assignee:text --author:text --search:text --json:text --jq:text --template:text --repo:name --base:text --head:text --draft --workflow:text --branch:text --event:text --status:text --user:text --milestone:text -m:text --mention:text --app:text --exclude-drafts --exclude-pre-releases -c:text --commit:text --created:text"

/** No other host, no browser, no environment in a jq filter. */
function staysHere(call: ParsedCall): boolean {
  return call.options.every(({ name, value }) => {
    if (name === "-R" || name === "--repo") return value?.text.split("/").length === 2
    if (name === "-q" || name === "--jq") return !/\benv\b|\$ENV|\binput/.test(value?.text ?? "")
    return true
  })
}

/** GitHub's command line, as far as it only looks at the repository's own host. */
export const GITHUB_ROWS: readonly CommandRow[] = [
  {
    names: [
      "gh pr view",
      "gh pr diff",
      "gh pr checks",
      "gh issue view",
      "gh run view",
      "gh workflow view",
      "gh release view",
    ],
    options: VIEW,
    operands: ["name"],
    power: true,
    check: staysHere,
    free: [
      "gh pr view 12",
      "gh pr view --json title,body",
      "gh pr diff 12",
      "gh pr checks",
      "gh issue view 3 --comments",
      "gh run view 1 --log-failed",
    ],
    asks: [
      "gh pr view --web",
      "gh pr view -w",
      "gh pr view --json title --jq env",
      "gh pr view https://evil.example/a/b/pull/1",
      "gh pr view 1 -R evil.example/a/b",
      "gh pr merge 1",
      "gh pr checkout 1",
    ],
  },
  {
    names: [
      "gh pr list",
      "gh issue list",
      "gh run list",
      "gh workflow list",
      "gh release list",
      "gh label list",
    ],
    options: LIST,
    power: true,
    check: staysHere,
    free: ["gh pr list", "gh issue list --state open --limit 5", "gh run list -L 5"],
    asks: ["gh pr list --web", "gh issue create", "gh pr list -R x.example/a/b"],
  },
  {
    names: ["gh repo view", "gh pr status", "gh issue status", "gh auth status"],
    options:
      "-b:text -q:text -t:text -R:name --branch:text --json:text --jq:text --template:text --repo:name",
    operands: ["name"],
    power: true,
    check: (c) => staysHere(c) && c.operands.every((o) => o.text.split("/").length <= 2),
    free: ["gh repo view", "gh pr status"],
    asks: [
      "gh api repos/a/b",
      "gh auth status --show-token",
      "gh repo view evil.example/a/b",
      "gh repo clone a/b",
    ],
  },
]
