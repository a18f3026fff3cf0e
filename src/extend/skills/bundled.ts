/** Commands that come with ccts: prompts like those of files, which a file of the same name replaces. */
import commit from "./bundled/commit.md" with { type: "text" }
import init from "./bundled/init.md" with { type: "text" }
import review from "./bundled/review.md" with { type: "text" }
import securityReview from "./bundled/security-review.md" with { type: "text" }

export const BUNDLED: Readonly<Record<string, string>> = {
  commit,
  init,
  review,
  "security-review": securityReview,
}
