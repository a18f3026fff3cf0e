import { COMMITS, DIFF, FORMAT, NO_PATCH, PATCH } from "./git-options.ts"
import type { CommandRow, ParsedCall } from "./row.ts"

const list = (text: string) => text.split("|")

/** True when every long option that was given is a listing one, so that operands are patterns and not names to create. */
const lists =
  (...names: readonly string[]) =>
  (call: ParsedCall) =>
    call.operands.length === 0 || call.options.some((o) => names.includes(o.name))

/** Git commands that only look. Everything here may read the repository and nothing else. */
export const GIT_ROWS: readonly CommandRow[] = [
  {
    names: ["git status"],
    options:
      "-s -b -v -z -u?text -M --short --branch --show-stash --porcelain?text --long --verbose --untracked-files?text --ignored?text --ignore-submodules?text --column?text --no-column --ahead-behind --no-ahead-behind --renames --no-renames --find-renames?text",
    operands: ["revision"],
    power: true,
    free: ["git status", "git status -sb", "git --no-pager status --porcelain", "git status src"],
    asks: [
      "git -c core.fsmonitor=./x status",
      "git -C /tmp status",
      "git --git-dir=x status",
      "git --exec-path=. status",
      "cd sub && git status",
      "git status *",
    ],
  },
  {
    names: ["git log", "git whatchanged", "git rev-list"],
    content: { when: PATCH },
    options: `${FORMAT} ${DIFF} ${COMMITS}`,
    operands: ["revision"],
    power: true,
    free: [
      "git log",
      "git log --oneline -20",
      "git log -p -- src/a.ts",
      "git log --author='a b' --since='2 weeks ago'",
      "git log main..HEAD",
      "git log --format='%h %s' -n 5",
      "git log -S foo",
      "git log --stat",
    ],
    asks: [
      "git log --output=x",
      "git log --output x",
      "git log --outp=x",
      "git log --ext-diff",
      "git log $X",
      "git log -O x",
      "git log --textconv",
      "git log --show-signature",
      "git log --format=%G?",
      "git log --pretty='%h %+GS'",
    ],
  },
  {
    names: ["git diff", "git diff-files"],
    content: { unless: NO_PATCH, yet: PATCH, now: true },
    options: `${FORMAT} ${DIFF} ${COMMITS} -r -t -0 --root`,
    operands: ["revision"],
    power: true,
    free: [
      "git diff",
      "git diff HEAD~1",
      "git diff --stat main...HEAD",
      "git diff --cached -- src",
      "git diff -U10",
    ],
    asks: ["git diff --output=x", "git diff --no-index /etc/passwd a", "git diff *.ts", "git diff ../../x"],
  },
  {
    names: ["git diff-tree", "git diff-index", "git show"],
    content: { unless: NO_PATCH, yet: PATCH },
    options: `${FORMAT} ${DIFF} ${COMMITS} -r -t -0 --root --show-notes?text`,
    operands: ["revision"],
    power: true,
    free: ["git show HEAD:src/a.ts", "git show --stat", "git diff-tree -r HEAD"],
    asks: ["git show --ext-diff", "git show --output=x", "git diff-tree --output=x HEAD"],
  },
  {
    names: ["git shortlog"],
    options:
      "-n -s -e -c --summary --numbered --email --group:text --since:text --until:text --author:text --no-merges --all --format:format",
    operands: ["revision"],
    power: true,
    least: 0,
    free: ["git shortlog -sn", "git shortlog -sne HEAD"],
    asks: ["git shortlog --output=x"],
  },
  {
    names: ["git branch"],
    options:
      "-a -r -v -l -i --all --remotes --list --show-current --verbose --contains:text --no-contains:text --merged?text --no-merged?text --points-at:text --sort:text --format:format --color?text --no-color --column?text --ignore-case --abbrev?number",
    operands: ["text"],
    power: true,
    check: lists("-l", "--list", "-a", "-r"),
    free: [
      "git branch",
      "git branch -a",
      "git branch --show-current",
      "git branch --list 'feat/*'",
      "git branch -vv",
    ],
    asks: [
      "git branch new",
      "git branch -D x",
      "git branch -m a b",
      "git branch --edit-description",
      "git branch -u origin/x",
      "git branch -f x",
    ],
  },
  {
    names: ["git tag"],
    options:
      "-l -n?number -i --list --contains:text --no-contains:text --merged?text --no-merged?text --points-at:text --sort:text --format:format --color?text --column?text --ignore-case",
    operands: ["text"],
    power: true,
    check: lists("-l", "--list"),
    free: ["git tag", "git tag -l 'v*'", "git tag --sort=-creatordate"],
    asks: ["git tag v1", "git tag -d v1", "git tag -a v1 -m x"],
  },
  {
    names: ["git remote", "git remote get-url", "git remote -v"],
    options: "-v --verbose --all --push",
    operands: ["name"],
    most: 1,
    power: true,
    check: (c) =>
      c.operands.every(
        (o) =>
          !/^(add|remove|rm|rename|set-url|set-head|set-branches|prune|update|show|get-url)$/.test(o.text),
      ),
    free: ["git remote", "git remote -v", "git remote get-url origin"],
    asks: [
      "git remote add x y",
      "git remote update",
      "git remote show origin",
      "git remote set-url origin x",
      "git remote prune origin",
    ],
  },
  {
    names: ["git rev-parse"],
    options:
      "-q --abbrev-ref?text --short?number --verify --quiet --show-toplevel --show-prefix --show-cdup --git-dir --absolute-git-dir --git-common-dir --is-inside-work-tree --is-inside-git-dir --is-bare-repository --is-shallow-repository --symbolic --symbolic-full-name --all --branches?text --tags?text --remotes?text --show-superproject-working-tree --show-object-format?text --git-path:text",
    operands: ["revision"],
    power: true,
    free: ["git rev-parse HEAD", "git rev-parse --abbrev-ref HEAD", "git rev-parse --show-toplevel"],
    asks: ["git rev-parse --parseopt", "git rev-parse $X"],
  },
  {
    names: ["git ls-files", "git ls-tree"],
    options:
      "-c -d -m -o -i -s -u -k -z -t -v -f -r -l -x:text --cached --deleted --modified --others --ignored --stage --unmerged --killed --directory --no-empty-directory --exclude:text --exclude-standard --error-unmatch --full-name --abbrev?number --name-only --name-status --long --full-tree --object-only --format:format --deduplicate --eol",
    operands: ["revision"],
    power: true,
    free: [
      "git ls-files",
      "git ls-files '*.ts'",
      "git ls-tree -r HEAD --name-only",
      "git ls-files -o --exclude-standard",
    ],
    asks: ["git ls-files -X /etc/passwd", "git ls-files --exclude-from=/etc/passwd"],
  },
  {
    names: ["git blame", "git annotate"],
    options:
      "-b -c -e -f -l -L:text -M?number -C?number -n -p -s -t -w --root --show-stats --porcelain --line-porcelain --incremental --show-name --show-number --show-email --date:text --since:text --abbrev:number --color-lines --color-by-age --reverse",
    operands: ["revision"],
    power: true,
    free: ["git blame a.ts", "git blame -L 10,20 src/a.ts"],
    asks: ["git blame --contents /etc/passwd a", "git blame --ignore-revs-file x a", "git blame -S x a"],
  },
  {
    names: ["git describe", "git name-rev"],
    options:
      "--tags --all --always --long --dirty?text --broken?text --abbrev?number --match:text --exclude:text --contains --exact-match --first-parent --candidates:number --name-only --refs:text",
    operands: ["revision"],
    power: true,
    free: ["git describe --tags --always"],
    asks: ["git describe $X"],
  },
  {
    names: ["git stash list", "git stash show"],
    content: { when: PATCH },
    options: `${FORMAT} ${DIFF} ${COMMITS} --include-untracked --only-untracked`,
    operands: ["revision"],
    power: true,
    free: ["git stash list", "git stash show -p stash@{0}"],
    asks: ["git stash", "git stash pop", "git stash show --output=x"],
  },
  {
    names: ["git config"],
    options:
      "-l -z --list --get:text --get-all:text --get-regexp:text --global --local --system --worktree --show-origin --show-scope --name-only --null --type:text --bool --int --path",
    power: true,
    least: 0,
    check: (c) => c.options.some((o) => list("-l|--list|--get|--get-all|--get-regexp").includes(o.name)),
    free: ["git config --get user.name", "git config -l", "git config --global --list"],
    asks: [
      "git config user.name x",
      "git config --global core.pager ./x",
      "git config --unset x",
      "git config -e",
      "git config -f x --get a",
      "git config --get a --global core.pager",
    ],
  },
  {
    names: ["git config get", "git config list"],
    options:
      "--all --global --local --system --show-origin --show-scope --name-only --null --regexp --type:text --default:text",
    operands: ["name"],
    most: 1,
    power: true,
    free: ["git config get user.email", "git config list"],
    asks: ["git config set a b", "git config get a b"],
  },
  {
    names: ["git cat-file"],
    content: { when: ["-p"] },
    options: "-t -s -e -p --textual --unordered",
    operands: ["revision"],
    power: true,
    free: ["git cat-file -p HEAD", "git cat-file -t HEAD:src"],
    asks: ["git cat-file --textconv HEAD:a", "git cat-file --filters HEAD:a", "git cat-file --batch"],
  },
  {
    names: ["git reflog", "git reflog show"],
    content: { when: PATCH },
    options: `${FORMAT} ${DIFF} ${COMMITS}`,
    operands: ["revision"],
    power: true,
    check: (c) => !/^(expire|delete|drop|write|exists|list)$/.test(c.operands[0]?.text ?? ""),
    free: ["git reflog", "git reflog -10", "git reflog show main"],
    asks: ["git reflog expire --all", "git reflog delete HEAD@{1}", "git reflog --output=x"],
  },
  {
    names: ["git merge-base"],
    options: "-a --all --octopus --is-ancestor --independent --fork-point",
    operands: ["revision"],
    power: true,
    free: ["git merge-base main HEAD"],
    asks: ["git merge-base --x"],
  },
  {
    names: ["git for-each-ref", "git show-ref"],
    options:
      "-s -d -q --count:number --sort:text --format:format --color?text --points-at:text --merged?text --no-merged?text --contains?text --no-contains?text --heads --tags --branches --head --verify --hash?number --abbrev?number --dereference --quiet --ignore-case",
    operands: ["revision"],
    power: true,
    free: ["git for-each-ref --format='%(refname)' refs/heads", "git show-ref --heads"],
    asks: ["git for-each-ref --shell --x", "git update-ref a b"],
  },
  {
    names: ["git grep"],
    deep: "all",
    here: true,
    options:
      "-a -i -I -w -v -h -H -E -G -P -F -n -l -L -z -o -c -p -W -q -e:text -A:number -B:number -C:number -m:number -# --cached --untracked --no-exclude-standard --exclude-standard --text --ignore-case --word-regexp --invert-match --full-name --extended-regexp --basic-regexp --perl-regexp --fixed-strings --line-number --column --files-with-matches --name-only --files-without-match --null --only-matching --count --color?text --no-color --break --heading --show-function --function-context --after-context:number --before-context:number --context:number --max-depth:number --threads:number --and --or --not --all-match --quiet --recurse-submodules",
    operands: ["text", "revision"],
    replacesFirst: ["-e"],
    power: true,
    free: ["git grep -n foo", "git grep -e a --and -e b -- src"],
    asks: [
      "git grep -O./x foo",
      "git grep --open-files-in-pager=./x foo",
      "git grep -f /etc/passwd",
      "git grep --no-index x /etc",
      "git grep --textconv x",
      "git grep --open=./x foo",
    ],
  },
  {
    names: ["git worktree list"],
    options: "-v -z --porcelain --verbose",
    power: true,
    free: ["git worktree list"],
    asks: ["git worktree add x"],
  },
  {
    names: ["git count-objects", "git version"],
    options: "-v -H --verbose --human-readable",
    power: true,
    free: ["git count-objects -vH", "git version"],
    asks: ["git gc"],
  },
  {
    names: ["git check-ignore"],
    options: "-v -n -q --verbose --non-matching --no-index --quiet",
    operands: ["text"],
    power: true,
    free: ["git check-ignore -v dist"],
    asks: ["git check-ignore --stdin < /etc/passwd"],
  },
  {
    names: ["git symbolic-ref"],
    options: "-q --short --quiet",
    operands: ["name"],
    most: 1,
    least: 1,
    power: true,
    free: ["git symbolic-ref --short HEAD"],
    asks: ["git symbolic-ref HEAD refs/heads/x", "git symbolic-ref -d HEAD"],
  },
]
