/** Options that several git commands share, as the rows of the table write them. */

export const FORMAT =
  "--oneline --graph --decorate?text --no-decorate --abbrev-commit --no-abbrev-commit --abbrev?number --pretty?format --format:format --date:text --color?text --no-color --encoding:text --notes?text --no-notes --relative-date --parents --children --left-right --source --mailmap --use-mailmap --no-mailmap"
export const DIFF =
  "-p -u -U:number -s -w -b -W -a -R -M?text -C?text -B?text -D -S:text -G:text -l:number -z --patch --no-patch --unified:number --raw --patch-with-raw --minimal --patience --histogram --diff-algorithm:text --stat?text --numstat --shortstat --dirstat?text --summary --name-only --name-status --word-diff?text --word-diff-regex:text --color-words?text --color-moved?text --no-renames --find-renames?text --find-copies?text --find-copies-harder --full-index --binary --exit-code --quiet --ignore-all-space --ignore-space-change --ignore-space-at-eol --ignore-blank-lines --ignore-cr-at-eol --function-context --inter-hunk-context:number --pickaxe-all --pickaxe-regex --diff-filter:text --relative?text --text --check --submodule?text --no-ext-diff --no-textconv --src-prefix:text --dst-prefix:text --no-prefix --cached --staged --merge-base --compact-summary --ws-error-highlight:text --no-color-moved -m -c --cc --combined-all-paths --ignore-submodules?text --exclude:text --irreversible-delete --no-indent-heuristic --indent-heuristic"
export const COMMITS =
  "-n:number -# -i -E -F -P -g -L:text --max-count:number --skip:number --since:text --after:text --until:text --before:text --author:text --committer:text --grep:text --all-match --invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --merges --no-merges --first-parent --all --branches?text --tags?text --remotes?text --glob:text --reflog --walk-reflogs --cherry --cherry-pick --cherry-mark --left-only --right-only --boundary --simplify-by-decoration --full-history --ancestry-path --topo-order --date-order --author-date-order --reverse --follow --full-diff --not --min-parents:number --max-parents:number --no-walk --count --objects --merge --log-size --clear-decorations --decorate-refs:text"

/** Options of a log that make it print content. */
export const PATCH =
  "-p -u -U -W -c -m --patch --unified --cc --binary --patch-with-raw --word-diff --color-words --function-context --word-diff-regex -L".split(
    " ",
  )
/** Options that print names, numbers or nothing in its place. */
export const NO_PATCH =
  "-s --no-patch --stat --numstat --shortstat --dirstat --summary --name-only --name-status --raw --quiet --compact-summary".split(
    " ",
  )
