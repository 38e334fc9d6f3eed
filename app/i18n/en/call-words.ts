import type { CallCode } from "#server/errors.ts";

/** Why a call to a provider failed, where that is ours to say. `server/errors.ts` has the codes. */
export const callWords = {
  address_foreign: "We asked for an address that is not the provider’s.",
  connect_again: "The account must be connected again.",
  failed_elsewhere: "Where the provider sent us, the answer was status {{status}}.",
  header_unsendable: "The request has a header that cannot be sent.",
  no_reply: "No reply.",
  not_set: "{{variable}} is not set.",
  nothing_to_renew: "There is nothing to renew the access with.",
  redirect_refused: "The reply was a redirect that we do not follow (status {{status}}).",
  renewal_later: "The last renewal failed; the next one is later.",
  renewal_underway: "Another run is still renewing the access.",
  reply_broke_off: "The reply broke off.",
  reply_misshapen: "The reply has another shape: {{faults}}",
  reply_too_long: "The reply is too long.",
  time_up: "The time was up.",
  token_unreadable: "The reply with the new access could not be read.",
  vault_closed: "We could not open the stored access. This is our fault.",
  version_retired:
    "{{provider}} has retired the version of its API that we use ({{version}}). This is our fault, your account is fine, and we've been alerted. ({{words}})",
  way_gone: "{{provider}} is no longer connected in this way.",
} as const satisfies Record<CallCode, string>;
