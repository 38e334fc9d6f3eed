import type { CallCode } from "#server/errors.ts";

/** Why a call to a provider failed, where that is ours to say. `server/errors.ts` has the codes. */
export const callWords = {
  address_foreign: "The request went to an address outside the provider.",
  budget_spent: "{{provider}} allows only so many requests at a time, and all are in use. We’ll continue soon.",
  connect_again: "Reconnect the account.",
  failed_elsewhere: "The provider redirected us, and that address answered with status {{status}}.",
  header_unsendable: "The request contains a header that can’t be sent.",
  left_alone: "{{provider}} failed several times in a row. We’ll try again soon.",
  no_reply: "No response.",
  not_set: "{{variable}} isn’t set.",
  nothing_to_renew: "This access has no token to renew it with.",
  nothing_chosen: "Nothing is chosen in this account.",
  nothing_opened: "Neither a profile nor an advertiser account was shared with us.",
  redirect_refused: "The response was a redirect that we don’t follow (status {{status}}).",
  renewal_later: "Token renewal failed. We’ll retry later.",
  renewal_underway: "Token renewal is already in progress.",
  reply_broke_off: "The response was cut off.",
  reply_misshapen: "Unexpected response: {{faults}}",
  reply_too_long: "The response is too long.",
  time_up: "The request timed out.",
  token_unreadable: "We couldn’t read the response with the new token.",
  vault_closed: "We couldn’t open the access we stored. This is our fault.",
  version_retired:
    "{{provider}} has retired the API version we use ({{version}}). This is our fault, your account is fine, and we’ve been alerted. ({{words}})",
  way_gone: "{{provider}} can no longer be connected this way.",
} as const satisfies Record<CallCode, string>;
