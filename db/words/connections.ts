import type { Text } from "./locales.ts";

/** `active`: usable. `reconnect_needed`: the provider took access away. `disconnected`: the client did. */
export const connectionStatuses = ["active", "reconnect_needed", "disconnected"] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** How an account was connected. */
export const connectionKinds = ["oauth", "key"] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

/**
 * What ends although tokens are renewed. `consent`: the refresh token has a fixed life. `unused`: it ends when it is not used.
 * `access`: the access token ends and nothing renews it. `version`: the provider ends the version of its API that we speak.
 */
export const cliffKinds = ["consent", "unused", "access", "version"] as const;
export type CliffKind = (typeof cliffKinds)[number];

/** Who wanted the tokens renewed: the cron ahead of their end, a run just before use, or a person. */
export const renewalTriggers = ["cron", "use", "person"] as const;
export type RenewalTrigger = (typeof renewalTriggers)[number];

/**
 * How a renewal ended. `late`: new tokens came after somebody else's and were not kept. `lives_on`: the refresh token was refused and
 * dropped, and the access token lives on to its end. The others are the kinds of failure; `revoked` is the only one after which a person
 * is needed.
 */
export const renewalOutcomes = [
  "renewed",
  "late",
  "lives_on",
  "revoked",
  "missing_scopes",
  "rate_limited",
  "unavailable",
  "rejected",
  "misconfigured",
] as const;
export type RenewalOutcome = (typeof renewalOutcomes)[number];

/**
 * Why a connection needs a person. `refresh_refused`: the provider does not renew it any more. `access_refused`: nor does it
 * accept a fresh token. `not_renewable`: it ended, and the provider gave nothing to renew it with. `uninstalled`, `access_removed`:
 * the provider said so by itself; the tokens are destroyed. `key_refused`: the key that the client gave opens nothing any more.
 * `secret_unreadable`: what we stored does not open any more; nothing happened at the provider.
 */
export const reconnectReasons = [
  "refresh_refused",
  "access_refused",
  "not_renewable",
  "uninstalled",
  "access_removed",
  "key_refused",
  "secret_unreadable",
] as const;
export type ReconnectReason = (typeof reconnectReasons)[number];

/** What a probe found: `ok`, or the kind of failure. */
export const failureKinds = ["revoked", "missing_scopes", "rate_limited", "unavailable", "rejected", "misconfigured"] as const;
export const probeResults = ["ok", ...failureKinds] as const;
export type ProbeResult = (typeof probeResults)[number];

/**
 * What became of our access at the provider when an account was disconnected. `returned`: the provider ended it. `gone`: it had
 * ended before. `unreached`: the provider could not be told. `by_hand`: it cannot be told by a program, or telling it would end somebody
 * else's connection too (which is nobody's to know). `key`: a key is its owner's to delete. `removed`: a person says that they removed
 * it there, after it was given up.
 */
export const farewells = ["returned", "gone", "unreached", "by_hand", "key", "removed"] as const;
export type Farewell = (typeof farewells)[number];

/**
 * Why access is owed back at a provider. `disconnected`: its connection ended. `not_kept`: a consent was exchanged and no connection
 * was made of it. `late`: a renewal brought tokens after its connection had ended.
 */
export const debtReasons = ["disconnected", "not_kept", "late"] as const;
export type DebtReason = (typeof debtReasons)[number];

/** What people were told of the end of a key that a sign-in replaced: that it comes, and again a week ahead. */
export const endsTold = ["announced", "reminded"] as const;
export type EndTold = (typeof endsTold)[number];
/** What is said of the end of a key: those, that it is put off, that it comes no more, and that it came. */
export const endNews = [...endsTold, "put_off", "called_off", "ended"] as const;
export type EndNews = (typeof endNews)[number];

/** What a provider said of the account, as far as we need it later. */
export interface AccountDetails {
  currency?: string | undefined;
  timezone?: string | undefined;
  email?: string | undefined;
  contact?: string | undefined;
  locale?: string | undefined;
  /** Shopify's permanent domain. */
  shop?: string | undefined;
  testAccount?: boolean | undefined;
}

interface ChangedFact {
  from: string;
  to: string;
}

/** How an account counts otherwise than before: when we noticed it (milliseconds since 1970), and what of it changed. */
export interface AccountChange {
  at: number;
  currency?: ChangedFact | undefined;
  timezone?: ChangedFact | undefined;
}

/** What the client chose of what a login opens. `gone`: the provider listed it no more; it is kept so that people are told, and read by nobody. */
export interface ChosenResource {
  kind: string;
  id: string;
  name: string;
  parent?: string | undefined;
  currency?: string | undefined;
  timezone?: string | undefined;
  gone?: true | undefined;
}

/**
 * How a consent ended, or why it did not begin: how good that is, and the names of what its sentence names. The sentences are in
 * `app/i18n/<language>/consent-words.ts`.
 */
export const consentCodes = {
  connected: ["success", "account", "provider"],
  reconnected: ["success", "account", "provider"],
  client_made: ["success", "account", "provider"],
  several_clients: ["error", "account", "provider"],
  whose_account: ["error", "account", "provider"],
  connected_partly: ["info", "account", "missing", "provider"],
  denied: ["error", "provider"],
  not_wanted: ["info", "account", "provider"],
  ended: ["error"],
  still_working: ["info", "provider"],
  broken_off: ["error", "provider"],
  failed: ["error", "id", "provider"],
  elsewhere: ["error"],
  not_yours: ["error"],
  forged: ["error", "provider"],
  wrong_shop: ["error", "provider"],
  other_account: ["error", "account", "provider"],
  refused: ["error", "provider"],
  provider_down: ["error", "provider"],
  too_few_scopes: ["error", "missing", "provider"],
  scopes_unsaid: ["error", "provider"],
  misconfigured: ["error", "provider"],
  vault_closed: ["error", "provider"],
  shop_needed: ["error"],
  unknown_permissions: ["error", "provider"],
  oauth_already: ["error", "provider"],
  provider_off: ["error", "provider"],
  not_in_plan: ["error", "provider"],
  plan_full: ["error", "provider"],
  from_elsewhere: ["error", "provider"],
  too_many: ["error"],
} as const satisfies Record<string, readonly ["success" | "info" | "error", ...string[]]>;
export type ConsentCode = keyof typeof consentCodes;

/** How a consent ended: the page that the browser was sent to, and what it is told there. */
export interface ConsentEnd {
  location: string;
  told?: { code: ConsentCode; params: Readonly<Record<string, string | Text>> } | undefined;
}

/** Who a consent brought, as the person is asked about it. */
export interface ShownAccount {
  externalId: string;
  name: string;
  email?: string | undefined;
}
