import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import type { Happening } from "#server/catalog/job.ts";
import type { OrderRecord } from "#server/catalog/records.ts";
import type { Writer } from "#server/catalog/writer.ts";

/** A request as it came in. Nothing of it is believed before it is verified. */
export interface Incoming {
  method: string;
  /** The address as the provider may have called it: as we see it, and under the origin that we are known by. */
  urls: readonly string[];
  headers: Headers;
  /** The bytes that were signed. */
  body: Uint8Array;
  /** Our variables that `secrets` names; at a connection's own address the connection's secret, which `own` names. Each is set. */
  secret(name: string): string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Why nothing is believed. `stale`: signed too long ago. `other_account`: the body is about another account than the header says.
 * `wrong_word`: a handshake without the word that we chose. `unreadable`: signed, but not what the provider describes.
 */
export type Refusal = "no_signature" | "wrong_signature" | "stale" | "other_account" | "wrong_word" | "unreadable";

/** What was asked for a person's or a shop's privacy: it is on record from the moment it comes. */
export interface PrivacyDemand {
  kind: "data_request" | "redact_customer" | "redact_shop" | "delete_person";
  /** The provider's id of the person or the shop. */
  subject: string;
  /** Orders that the provider names beside the person. */
  orders?: readonly string[];
}

/** One thing that happened at a provider. */
export interface WebhookEvent {
  /** The same for each delivery of the same event, and for no other. */
  key: string;
  topic: string;
  /**
   * The provider's id of the account that it is about, or the shop's domain where `accountsAre` says so. "" where the body does not say
   * it: at a connection's own address it is that connection's.
   */
  account: string;
  /** The provider's id of the account where the signed body says it beside `account`, which is not signed: a connection with another is not meant. */
  externalId?: string;
  /** Milliseconds since 1970; null where the provider does not say. */
  occurredAt: number | null;
  /** As little of the body as `effectOf` needs, built of named fields: it is kept, sealed. Keep less, and `keptForm` has to rise. */
  payload: unknown;
  privacy?: PrivacyDemand;
}

export type Verdict =
  | { is: "refused"; reason: Refusal }
  /** To be answered at once: a handshake. */
  | { is: "challenge"; reply: string }
  /** `reply`: whether the provider waits for a code to look its privacy request up by. */
  | { is: "events"; events: readonly WebhookEvent[]; reply?: "confirmation" };

/** A button that was pressed below what waits for a decision. Of the person the provider's id alone. */
export interface Click {
  user: string;
  channel: string;
  /** The message's id in its channel. */
  message: string;
  decision: "approve" | "reject";
  actionId: string;
  /** Of what was shown. */
  hash: string;
}

/** What an event does. Events come late, twice, in any order or not at all: none of these harms when it does. */
export type Effect =
  /** The provider took access away, unless the account was connected since. */
  | { type: "access_ended"; reason: "uninstalled" | "access_removed" }
  /** What was granted is another list now. */
  | { type: "scopes"; granted: readonly string[] }
  /** Something about the access changed: a test call tells what. */
  | { type: "probe" }
  /**
   * Jobs that this wakes have something to read. An order is kept at once; what was returned of it they read by themselves. `moved`: the
   * order of a parcel that moved, which they ask before others.
   */
  | { type: "wake"; happened: Happening; order?: OrderRecord; moved?: string }
  /** An order is gone at the shop, and goes here at once with its refunds; then jobs have something to read. */
  | { type: "order_deleted"; order: string; happened: Happening }
  /** A product is gone at the shop, and is sold here no more either; then jobs have something to read. */
  | { type: "product_deleted"; product: string; happened: Happening }
  | { type: "privacy"; demand: PrivacyDemand }
  /** Somebody pressed a button below a message of ours. */
  | { type: "click"; click: Click }
  /** `test`: the provider says that it is not real. `no_reader`: nothing of ours wants it. */
  | { type: "none"; reason: "no_reader" | "test" };

/**
 * A secret that belongs to one connection: whatever signs the events of that account alone. Events signed with it come to an address of
 * the connection's own and are believed of that connection alone.
 */
export interface OwnSecret {
  /** The name by which `read` asks for it. */
  name: string;
  label: Text;
  hint: Text;
  /** Parses what is pasted. */
  schema: z.ZodType<string>;
  /** Whether it may be any text, so that we can make one for who sets the webhook up. */
  made: boolean;
}

/** One provider's webhooks: pure code, no clock and no network. Facts are from the provider's own pages. */
export interface Webhook {
  provider: string;
  /**
   * Names of the configuration's variables that verify what comes to the address of all accounts; where one is not set, everything is
   * refused there. Without a name there is no such address.
   */
  secrets: readonly string[];
  /** The secret that a connection may have for events of its own; none where the provider signs all of them with our app's. */
  own?: OwnSecret;
  methods: readonly ("GET" | "POST")[];
  /** Of a provider that else only POSTs: whether `read` answers a GET with this query. Any other one is not allowed. */
  takesGet?(query: URLSearchParams): boolean;
  accountsAre: "externalId" | "shop";
  /** The largest body that is read, by what the provider says that it sends; an isolate has 128 MB for all that it holds at once. */
  maxBodyBytes: number;
  /** Verifies the bytes, then reads them. */
  read(incoming: Incoming): Promise<Verdict>;
  /** Further addresses below the provider's own (POST): what is sent to them by another rule. */
  callbacks?: Readonly<Record<string, (incoming: Incoming) => Promise<Verdict>>>;
  /** Throws a `ZodError` where the payload is not what it should be. `timezone` is the account's. */
  effectOf(event: { topic: string; payload: unknown }, account: { timezone: string }): Effect;
  /** How we ask to be sent events, where the provider wants to be asked for each account. */
  subscription?: Subscription;
}

/** What to ask for, and the requests that ask. */
export interface Subscription {
  /** `scope`: a permission that jobs can do without; where it was not granted, the provider is not asked for this. */
  topics: readonly { name: string; scope?: string }[];
  /** Asks for one topic to be sent to `address`. Asking twice is no error. Throws `ProviderError`. */
  subscribe(writer: Writer, topic: string, address: string): Promise<void>;
}
