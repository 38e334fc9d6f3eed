import type { ConsentCode } from "#db/words/connections.ts";

/** How a consent ended, or why it did not begin. `db/words/connections.ts` has the codes; names in braces are their params. */
export const consentWords = {
  connected: "{{account}} ({{provider}}) is connected.",
  reconnected: "{{account}} ({{provider}}) is connected again.",
  client_made: "{{account}} is a client now, and {{provider}} is connected.",
  several_clients: "Several clients have this {{provider}} account ({{account}}). Connect it from the page of the one that you mean.",
  whose_account: "{{account}} ({{provider}}) was another client’s before. Say whose it is now.",
  connected_partly: "{{account}} ({{provider}}) is connected, but without: {{missing}}. Connect again to allow it.",
  denied: "{{provider}} was not connected: access was not allowed. Nothing has changed.",
  not_wanted: "{{account}} ({{provider}}) was not connected. Nothing has changed.",
  ended: "This attempt to connect has expired or was already used. Please start again.",
  still_working: "{{provider}} is still being connected. Reload this page in a moment.",
  broken_off: "Connecting {{provider}} was interrupted. Please start again.",
  failed:
    "Something went wrong on our side while connecting {{provider}}. Please start again. If it happens again, tell us this id: {{id}}",
  elsewhere: "This attempt to connect was begun in another browser or session. Please start again here.",
  not_yours: "You may no longer connect accounts for this client.",
  forged: "The answer did not come from {{provider}} unchanged, so nothing was connected. Please start again.",
  wrong_shop: "{{provider}} answered for another shop than the one you gave. Nothing was connected.",
  other_account: "That is another {{provider}} account than {{account}}. Nothing has changed: say below what you meant.",
  refused: "{{provider}} refused to complete the connection. Please start again.",
  provider_down: "{{provider}} does not answer at the moment. Nothing was connected; please try again in a few minutes.",
  too_few_scopes: "{{provider}} was not connected: none of the permissions that it needs was allowed ({{missing}}).",
  scopes_unsaid: "{{provider}} did not say what you allowed, so nothing was connected. Please try again.",
  misconfigured: "{{provider}} cannot be connected yet: something is missing on our side. Please tell us.",
  vault_closed:
    "{{provider}} was not connected: we can’t store access right now. This is our fault and we’ve been alerted. Please try again later.",
  shop_needed: "Please give your shop’s address, as in my-shop.myshopify.com.",
  unknown_permissions: "Please choose at least one of the permissions that {{provider}} offers.",
  oauth_already: "This account is connected by signing in to {{provider}} already, and that is what is used. You can disconnect the key.",
  provider_off: "{{provider}} is switched off by your agency at the moment, so nothing was connected. Please try again later.",
  not_in_plan: "Your plan doesn’t include {{provider}}. Ask your agency for a larger plan.",
  plan_full:
    "{{provider}} wasn’t connected: your plan has no room for another account. Disconnect one, or ask your agency for a larger plan.",
  from_elsewhere: "To connect {{provider}}, please start from this page.",
  too_many: "Too many tries. Please wait a little before connecting again.",
} as const satisfies Record<ConsentCode, string>;
