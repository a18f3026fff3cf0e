import type { CommandRow, ParsedCall } from "./row.ts"

const VIEW =
  "-c -R:name --comments --json:text --jq:text -q:text -t:text --template:text --repo:name --patch --name-only --color:text --log --log-failed --job:text --verbose -v --exit-status --attempt:number --required --yaml -y --ref:text -r:text --branch:text -b:text --watch --interval:number -i:number --fail-fast"
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

/** A path of the host's own API: no address, no empty part, and not GraphQL, which can change things by one address. */
const ENDPOINT = /^\/?(?!graphql\b)[\w{}.%~-]+(?:\/[\w{}.%~:@+,=-]+)*(?:\?[\w{}.%~:@+,=&/-]*)?$/i

/** Fields and a body make `gh api` a POST, so no option for them is known here; headers can name another method. */
function onlyGets(call: ParsedCall): boolean {
  if (!call.operands.every((operand) => ENDPOINT.test(operand.text))) return false
  return call.options.every(({ name, value }) => {
    if (name === "-X" || name === "--method") return value?.text.toUpperCase() === "GET"
    if (name === "-H" || name === "--header") return /^accept:/i.test(value?.text ?? "")
    return staysHere({ options: [{ name, value }], operands: [], paths: [] })
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
      "gh pr checks 12 --watch --fail-fast",
      "gh release view v1.2.0",
      "gh workflow view ci.yml --yaml",
    ],
    asks: [
      "gh pr view --web",
      "gh pr view -w",
      "gh pr view --json title --jq env",
      "gh pr view https://evil.example/a/b/pull/1",
      "gh pr view 1 -R evil.example/a/b",
      "gh pr merge 1",
      "gh pr checkout 1",
      "gh pr review 1 --approve",
      "gh pr comment 1 -b x",
      "gh issue close 3",
      "gh run rerun 1",
      "gh run cancel 1",
      "gh run download 1",
      "gh workflow run ci.yml",
      "gh release create v1",
      "gh release download v1",
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
    asks: ["gh auth status --show-token", "gh repo view evil.example/a/b", "gh repo clone a/b"],
  },
  {
    names: ["gh repo list"],
    options:
      "-L:number --limit:number -l:text --language:text --visibility:text --topic:text --source --fork --archived --no-archived --json:text -q:text --jq:text -t:text --template:text",
    operands: ["name"],
    most: 1,
    power: true,
    check: (c) => staysHere(c) && c.operands.every((o) => !o.text.includes("/")),
    free: ["gh repo list", "gh repo list octo --limit 5 --json name"],
    asks: ["gh repo create a", "gh repo delete a/b", "gh repo list x.example/a", "gh repo list --jq env"],
  },
  {
    names: ["gh api"],
    options:
      "-X:name --method:name -H:text --header:text -q:text --jq:text -t:text --template:text -p:name --preview:name --cache:name --paginate --slurp -i --include --silent",
    operands: ["text"],
    least: 1,
    most: 1,
    power: true,
    check: onlyGets,
    free: [
      "gh api repos/a/b",
      "gh api /repos/a/b/pulls/12/comments --paginate",
      "gh api -X GET repos/a/b/issues",
      "gh api --method=get 'repos/a/b/issues?state=open&per_page=5' --jq '.[].title'",
      "gh api -H 'Accept: application/vnd.github.raw' repos/a/b/readme",
    ],
    asks: [
      "gh api repos/a/b -f title=x",
      "gh api repos/a/b -F n=1",
      "gh api repos/a/b --field title=x",
      "gh api repos/a/b --raw-field title=x",
      "gh api repos/a/b --input body.json",
      "gh api -X POST repos/a/b",
      "gh api -XDELETE repos/a/b",
      "gh api --method=PATCH repos/a/b",
      'gh api -X "$METHOD" repos/a/b',
      "gh api repos/a/b -X GET -f q=x",
      "gh api -H 'X-HTTP-Method-Override: DELETE' repos/a/b",
      "gh api graphql",
      "gh api https://evil.example/x",
      "gh api //evil.example/x",
      "gh api --hostname evil.example user",
      "gh api repos/a/b --jq env",
      'gh api "$WHERE"',
      "gh api",
    ],
  },
]
