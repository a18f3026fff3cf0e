/** Where "don't ask again" is kept: the offer's own place, or another one that the person picks. */
import type { Offer, RuleDestination } from "../../model/permission.ts"

/** In the order in which Tab walks through them. */
const PLACES: readonly RuleDestination[] = ["localSettings", "projectSettings", "userSettings", "session"]

const WORDS: Readonly<Record<RuleDestination, { readonly scope: string; readonly kept: string }>> = {
  localSettings: { scope: "in this project", kept: "for you, in .claude/settings.local.json" },
  projectSettings: {
    scope: "in this project",
    kept: "for everyone who works on it, in .claude/settings.json",
  },
  userSettings: { scope: "in all your projects", kept: "in your own settings" },
  session: { scope: "in this session", kept: "until you leave" },
}

/** Only rules that would be written to a file can be kept elsewhere. */
export function isMovable(offer: Offer | undefined): offer is Offer {
  return offer?.updates.some(isKeptRule) ?? false
}

export function nextPlace(place: RuleDestination, step: 1 | -1): RuleDestination {
  const at = PLACES.indexOf(place) + step
  return PLACES[(at + PLACES.length) % PLACES.length] ?? "localSettings"
}

/** The offer with its written rules kept in `place`, and its label saying so. */
export function keptIn(offer: Offer, place: RuleDestination): Offer {
  if (place === "localSettings" || !isMovable(offer)) return offer
  const { scope } = WORDS[place]
  return {
    label: offer.label.replace(/ in this project(?=$|, and )/, ` ${scope}`),
    updates: offer.updates.map((update) => (isKeptRule(update) ? { ...update, destination: place } : update)),
  }
}

/** `kept for you, in .claude/settings.local.json`. */
export function placeHint(place: RuleDestination): string {
  return `kept ${WORDS[place].kept} · tab changes that`
}

function isKeptRule(update: Offer["updates"][number]): boolean {
  return update.type === "addRules" && update.behavior === "allow" && update.destination === "localSettings"
}
