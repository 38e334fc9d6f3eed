import type { ConsentCode } from "#db/words/connections.ts";

/** How a consent ended, or why it did not begin. `db/words/connections.ts` has the codes; names in braces are their params. */
export const consentWords = {
  connected: "{{account}} ({{provider}}) connected.",
  reconnected: "{{account}} ({{provider}}) reconnected.",
  client_made: "{{account}} is now a client, and {{provider}} is connected.",
  several_clients: "Several clients have this {{provider}} account ({{account}}). Connect it from the right client’s page.",
  whose_account: "{{account}} ({{provider}}) belonged to another client before. Choose its client now.",
  connected_partly: "{{account}} ({{provider}}) is connected, but these permissions are missing: {{missing}}. Reconnect to grant them.",
  denied: "{{provider}} wasn’t connected: access was denied. Nothing has changed.",
  not_wanted: "{{account}} ({{provider}}) wasn’t connected. Nothing has changed.",
  ended: "This attempt to connect has expired or was already used. Start again.",
  still_working: "{{provider}} is still connecting. Reload this page in a moment.",
  broken_off: "Connecting {{provider}} was interrupted. Start again.",
  failed: "Something went wrong on our side while connecting {{provider}}. Start again. If it happens again, send us this ID: {{id}}",
  elsewhere: "You started connecting in another browser or session. Start again here.",
  not_yours: "You can no longer connect accounts for this client.",
  forged: "We couldn’t verify the answer from {{provider}}, so nothing was connected. Start again.",
  wrong_shop: "{{provider}} answered for a different shop than the one you entered. Nothing was connected.",
  other_account: "That’s a different {{provider}} account, not {{account}}. Nothing has changed. Choose what to do below.",
  refused: "{{provider}} refused to complete the connection. Start again.",
  provider_down: "{{provider}} isn’t responding, so nothing was connected. Try again in a few minutes.",
  too_few_scopes: "{{provider}} wasn’t connected: none of the permissions it needs were granted ({{missing}}).",
  scopes_unsaid: "{{provider}} didn’t tell us what you allowed, so nothing was connected. Try again.",
  misconfigured: "{{provider}} can’t be connected yet: something is missing on our side. Contact your agency.",
  vault_closed:
    "{{provider}} wasn’t connected: we can’t store access right now. This is our fault and we’ve been alerted. Try again later.",
  shop_needed: "Enter your shop address, like my-shop.myshopify.com.",
  unknown_permissions: "Choose at least one of the permissions {{provider}} offers.",
  oauth_already: "This account is already connected through {{provider}} sign-in, which your syncs use. You can disconnect the key.",
  provider_off: "Your agency has turned {{provider}} off for now, so nothing was connected. Try again later.",
  not_in_plan: "Your plan doesn’t include {{provider}}. Ask your agency for a larger plan.",
  plan_full:
    "{{provider}} wasn’t connected: your plan has no room for another account. Disconnect one, or ask your agency for a larger plan.",
  from_elsewhere: "To connect {{provider}}, start from this page.",
  too_many: "Too many attempts. Try connecting again in a few minutes.",
} as const satisfies Record<ConsentCode, string>;
