/** Which variables may be set without changing what an allowed command means. */

const SAFE_NAMES = new Set(
  `NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE COLUMNS LINES CI NODE_ENV NODE_NO_WARNINGS DEBUG
   RUST_BACKTRACE RUST_LOG CARGO_TERM_COLOR GOOS GOARCH GOARM CGO_ENABLED GO111MODULE PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE
   PYTHONHASHSEED PYTHONIOENCODING PYTHONUTF8 RAILS_ENV RACK_ENV MIX_ENV APP_ENV DJANGO_DEBUG LOG_LEVEL VERBOSE
   DEBIAN_FRONTEND GIT_TERMINAL_PROMPT GIT_OPTIONAL_LOCKS TZ TERM COLORTERM`.split(/\s+/),
)

/** Pagers are programs; only the harmless values count as safe. */
const PAGERS = new Set(["PAGER", "GIT_PAGER", "GH_PAGER", "MANPAGER"])

// Lower-case names belong to scripts, except these: bash, zsh and libraries read them.
const TAKEN = new Set(
  `path cdpath fpath manpath mailpath module_path prompt watch psvar argv status histchars auto_resume fignore
   options functions aliases commands dirstack all_proxy http_proxy https_proxy ftp_proxy no_proxy rsync_proxy`.split(
    /\s+/,
  ),
)

/** True when `NAME=value command` may be skipped while looking for an allow rule (spec/settings.md section 4). */
export function isSafeEnvironment(name: string, value: string | null): boolean {
  if (value === null) return false
  if (PAGERS.has(name)) return value === "cat" || value === ""
  if (name === "TZ" || name === "TERM")
    return /^[A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)?$/.test(value) && !value.startsWith("/")
  // A message catalogue is looked up under this name: with a slash it would come from any folder.
  if (name === "LANG" || name === "LANGUAGE" || /^LC_[A-Z]+$/.test(name)) return /^[\w.@:-]*$/.test(value)
  return SAFE_NAMES.has(name)
}

/** True when a script may set this variable for itself: programs do not read such names. */
export function isScriptVariable(name: string): boolean {
  return (
    /^[a-z_][a-z0-9_]*$/.test(name) &&
    name !== "_" &&
    !TAKEN.has(name) &&
    !/_proxy$|^npm_|^pip_|^git_/.test(name)
  )
}
