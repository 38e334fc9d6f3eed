import type { ConnectionCode } from "#server/domain/connections/schemas.ts";

/** How a connection is, why it needs a person, and what is left at the provider after its end. `server/domain/connections/schemas.ts` has the codes. */
export const connectionWords = {
  healthy: "The connection works.",
  ended: "Access has expired. Reconnect to restore it.",
  scopes_missing: "A permission is missing. Reconnect and allow it.",
  unavailable: "The provider isn’t responding. You don’t have to do anything: we continue once it does.",
  rate_limited: "The provider is limiting our requests. You don’t have to do anything: we continue when it allows.",
  unrenewed: "Token renewal is failing because the provider isn’t responding. You don’t have to do anything: we’re retrying.",
  misconfigured: "There’s a setup problem on our side. Your account is fine; your agency is on it.",
  rejected: "The provider refuses our requests for this account. Your agency is looking into it.",
  ends_soon: "The connection works, but access expires soon. Reconnect to extend it.",
  ends_unused: "The connection works, but access expires if it isn’t used soon.",
  version_ends: "The connection works. The provider is retiring the API version we use; your agency is on it.",
  refresh_refused: "The provider no longer renews our access. Someone may have revoked it or changed a password.",
  access_refused: "The provider no longer accepts our access. The app may have been uninstalled.",
  not_renewable: "Access has expired and can’t be renewed automatically.",
  key_refused: "The provider no longer accepts this key. It may have been replaced or deleted there. Enter the new one.",
  uninstalled: "The app was uninstalled there.",
  access_removed: "Our access was revoked there.",
  secret_unreadable: "We can no longer read the access we stored. Your account is fine. Reconnect it once to fix this.",
  left_unreached: "We deleted our access, but couldn’t tell {{provider}}. Remove it there yourself: {{place}}.",
  left_listed: "We deleted our access, but {{provider}} still lists the app. Remove it there yourself: {{place}}.",
  left_retried:
    "We no longer use our access. {{provider}} hasn't confirmed yet, so we keep trying to revoke it there. You don't have to do anything.",
  left_key: "We deleted the key here. It still works on {{provider}} until you delete it there.",
  left_key_at: "We deleted the key here. It still works on {{provider}} until you delete it there: {{place}}.",
} as const satisfies Record<ConnectionCode, string>;
