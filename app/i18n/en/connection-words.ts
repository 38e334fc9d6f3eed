import type { ConnectionCode } from "#server/domain/connections/schemas.ts";

/** How a connection is, why it needs a person, and what is left at the provider after its end. `server/domain/connections/schemas.ts` has the codes. */
export const connectionWords = {
  healthy: "The connection works.",
  ended: "The access has ended. One new sign-in brings it back.",
  scopes_missing: "The provider says that a permission is missing. Connect again and allow it.",
  unavailable: "The provider does not answer at the moment. There is nothing to do: we go on as soon as it does.",
  rate_limited: "The provider asks us to slow down. There is nothing to do: we go on when it lets us.",
  unrenewed: "The provider does not answer when we renew our access. There is nothing to do: we try again.",
  misconfigured: "Our own set-up at the provider is not right. Your account is fine; your agency takes care of it.",
  rejected: "The provider refuses what we ask of this account. Your agency looks at it.",
  ends_soon: "It works, and its access ends soon. One new sign-in makes it last again.",
  ends_unused: "It works, but it ends if it is not used soon.",
  version_ends: "It works. The provider soon ends the way in which we speak to it; your agency takes care of that.",
  refresh_refused: "The provider no longer renews our access. Somebody may have removed it, or a password was changed.",
  access_refused: "The provider no longer accepts our access. The app may have been uninstalled.",
  not_renewable: "The access has ended and the provider gave us no way to renew it.",
  key_refused: "The provider no longer accepts the key. It may have been replaced or deleted there: please give the new one.",
  uninstalled: "The app was uninstalled there.",
  access_removed: "Our access was removed there.",
  secret_unreadable: "We can no longer read the access we stored. Your account is fine: reconnect it once to fix this.",
  left_unreached: "We destroyed our access, but could not tell {{provider}}. Please remove it there by hand: {{place}}.",
  left_listed: "We destroyed our access. {{provider}} still lists the app. Please remove it there by hand: {{place}}.",
  left_retried:
    "We no longer use our access. {{provider}} hasn't confirmed yet, so we keep trying to revoke it there. You don't have to do anything.",
  left_key: "We destroyed the key here. It stays good at {{provider}} until you delete it there.",
  left_key_at: "We destroyed the key here. It stays good at {{provider}} until you delete it there: {{place}}.",
} as const satisfies Record<ConnectionCode, string>;
