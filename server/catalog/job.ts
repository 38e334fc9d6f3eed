import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import type { OccurrenceKind } from "#db/words/occurrences.ts";
import type { ProviderFailureKind } from "#server/errors.ts";
import type { Account } from "./account.ts";
import type { CrmFound, CrmRecords } from "./crm.ts";
import type { ChangedScore, CustomerBase, CustomerModel, CustomerScore } from "./customer-base.ts";
import type { KeptCatalog, KeptCoupons, KeptEffects, KeptLists } from "./keeping.ts";
import type { Metric } from "./metric.ts";
import type { Occurrences } from "./occurrences.ts";
import type {
  AskedParcels,
  ContentsRecord,
  CustomerRecord,
  ListedOrders,
  ListedProducts,
  Measurement,
  OrderRecord,
  ParcelsRecord,
  ProductRecord,
  Proposal,
  RefundRecord,
} from "./records.ts";
import type { FoundReferral, FriendsCode, JudgedReferral, Referrals } from "./referrals.ts";
import type { ShopHistory } from "./shop-history.ts";
import type { Supply, SupplyRecord } from "./supply.ts";
import type { Watch } from "./watch.ts";

/** What a job needs of a provider: one account of the client's there, with these permissions. */
export interface Need {
  provider: string;
  scopes: readonly string[];
  /** Those of `scopes` that it can do without, such as one that a provider may not have approved our app for, and what is missing then. */
  optionalScopes?: readonly { scope: string; without: Text }[];
  /** The kind of thing under the login that must be chosen before the job can run. */
  resource?: string;
  /** The job runs without this account too, and this is what is missing then. */
  optional?: { without: Text };
}

/** The permissions without which a job reads nothing. */
export const requiredScopes = ({ scopes, optionalScopes = [] }: Need): string[] =>
  scopes.filter((scope) => !optionalScopes.some((each) => each.scope === scope));

/** The needs without which a job does not run. */
export const requiredNeeds = ({ needs }: { needs: readonly Need[] }): Need[] => needs.filter(({ optional }) => !optional);

/**
 * When a job runs by itself. `everyS`: seconds between its slots, which are multiples of it since 1970 UTC. `dailyAt`: once a day when the
 * client's own clock shows this (`07:30`); where summer time leaves that out, an hour later, and where it comes twice, at the first.
 */
export type Pace = { everyS: number; dailyAt?: undefined } | { dailyAt: `${number}:${number}`; everyS?: undefined };

/** Something at a provider that jobs may be woken by, as its webhooks tell it: `shopify.orders`. */
export type Happening = `${string}.${string}`;

/** What a job may ask of what is stored of its client. Filled in by `server/domain/runs/stored-of.ts` alone. */
export interface Stored {
  shop: ShopHistory;
  base: CustomerBase;
  occurrences: Occurrences;
  referrals: Referrals;
  watch: Watch;
  crm: CrmRecords;
  lists: KeptLists;
  catalog: KeptCatalog;
  coupons: KeptCoupons;
  supply: Supply;
  /** What an automation proposed at or after an instant, whatever became of it, under keys that begin with this; of these customers, or all. */
  proposed(input: { automation: string; prefix: string; since: number; customers?: readonly string[] }): Promise<Proposed[]>;
  /** How many of an automation's proposals under a key (`dedupe`), and under what stands behind a colon after it, are done. */
  doneUnder(input: { automation: string; key: string }): Promise<number>;
  /**
   * Scores of the shop's customers that differ from what an automation told of them, in what is done or still may be, the largest difference first; those of whom
   * nothing was told before all others. `all`: how many there are. Another segment is always one.
   */
  changedScores(input: ScoreChange): Promise<{ scores: ChangedScore[]; all: number }>;
}

/** From which difference on a score is to be told anew. */
export interface ScoreChange {
  automation: string;
  /** Our id of the account that is told: what another one was told does not count. */
  account: string;
  /** Of a chance, 0 to 1. */
  chance: number;
  /** Of the expected value, as a share of what was told. */
  value: number;
  limit: number;
}

/** Of a proposal its key, and whom it was about. */
export type Proposed = Pick<Proposal, "dedupe" | "customerId">;

/** What one step of a run is handed. `Line`: names of the lines that the job may write, see `lines` of a job. */
export interface Reading<Config, Cursor, Line extends string = never> extends Stored {
  /** The account at a provider that the job needs. */
  account(provider: string): Account;
  /** The same of one that it can do without; null where the client has none that it may read. */
  optionalAccount(provider: string): Account | null;
  config: Config;
  /** Where the last committed step stopped; null at the very first, or when what was stored no longer fits the schema. */
  cursor: Cursor | null;
  now: number;
  /** The tenant's. Where an account has its own timezone, days are the account's. */
  timezone: string;
  currency: string;
  signal: AbortSignal;
  /** Writes one of the job's own lines. `params`: what the line names; `fields`: what else is to be known, for whoever opens it. */
  log(
    level: "debug" | "info" | "warn" | "error",
    line: Line,
    fields?: Record<string, unknown>,
    params?: Readonly<Record<string, string | number | Text>>,
  ): void;
}

/**
 * Rows that a step may have found. How each kind is written stands in `server/domain/runs/effects/`, one file a kind.
 */
export interface Effects extends KeptEffects {
  /** All of a metric on a day, in one step: parts and currencies of it that were measured before, and are not among these, go. */
  measurements?: readonly Measurement[];
  orders?: readonly OrderRecord[];
  /** All that was given back of the step's `orders`: what is stored of one of them and is not among these goes. */
  refunds?: readonly RefundRecord[];
  /** What the shop still has of its orders: stored ones of that time which are not among them are deleted. */
  listed?: ListedOrders;
  /** What is in orders, each as a whole. */
  contents?: readonly ContentsRecord[];
  /** How far orders have come whose contents are stored, and have not changed else. */
  parcels?: readonly ParcelsRecord[];
  /** Orders whose parcels were asked for, also where the shop has none of them any more: they are not asked first again. */
  askedParcels?: AskedParcels;
  /** Products with all that is bought of them: a variant of theirs that is not among these goes. */
  products?: readonly ProductRecord[];
  /** Where the step ends a reading of all products: those that it did not find go. */
  listedProducts?: ListedProducts;
  customers?: readonly CustomerRecord[];
  /** How the shop's customers buy. */
  customerModel?: CustomerModel;
  /** What is expected of customers. */
  customerScores?: readonly CustomerScore[];
  /** Where the step ends a scoring of all customers: what was scored before that day is of nobody any more. */
  scoredAll?: { asOf: string };
  /** What the proposal of this key (`dedupe`) tells elsewhere of customers: remembered where it is proposed, see `changedScores`. */
  told?: { dedupe: string; scores: readonly CustomerScore[] };
  /** Codes for customers' friends, remembered where what makes them is proposed in earnest and its customer is not left alone. */
  friendsCodes?: readonly FriendsCode[];
  /** Orders that were placed with such a code. */
  referrals?: readonly FoundReferral[];
  /** What became of those that are not judged yet; a reward where it is proposed in earnest. */
  judged?: readonly JudgedReferral[];
  /** How the shop's buyers and orders stand in a CRM. */
  crm?: CrmFound;
  /** How orders stand that suppliers are to send; one that a person changed meanwhile stays as they left it. */
  supplied?: readonly SupplyRecord[];
  /** What an automation would have done. Written as its policy says; of one that is off, nothing. */
  proposals?: readonly Proposal[];
  /** Other jobs (ids) that are due at once because of what this step found, for those that read the shop's history. */
  wake?: readonly string[];
}

/** What one step found. It is written in one batch with the cursor; then the next step begins, here or in a next message. */
export interface Step<Cursor> extends Effects {
  cursor: Cursor | null;
  /** The calendar (IANA) of the days of its measurements: the account's. Left out where it measured nothing. */
  timezone?: string;
  /** False: there is more; call again with `cursor`. */
  done: boolean;
  /** Kinds of failed calls that the step was made to do without; a call that failed in any other way fails the step. */
  despite?: readonly ProviderFailureKind[];
}

export type RunLines = Readonly<Record<string, Text>>;

/** What a job that proposes adds to any other. */
export interface Acts {
  /** It asks nothing but who bought and what arrived (`buyers`, `delivered` of the shop's history): so it can be tried over days that are past. */
  rehearsable?: true;
  /** What it keeps of its own, and is shown on a page below its own. */
  shows?: "referrals" | "flow" | "crm" | "syncs" | "suppliers";
  /** Jobs (ids) that store what it reads: they are on as long as it is. */
  feeds: readonly string[];
  /** Why it proposes something: sentences by names that stay, filled in from a proposal's evidence. */
  reasons: RunLines;
  /** What it will never do, in a sentence. */
  never: Text;
  /** In how many days customers do what it is for, such as buy again; left out where it is about no customers. Both groups are compared by that. */
  outcomeDays?: number;
  /** Settings (numbers) by which it proposes less to fewer, the mildest first, each with how far it goes at a time: what is proposed where people say no often. */
  stricter?: readonly { setting: string; by: number }[];
  /** Which of its settings people change when they edit a field of what it proposes, by `kind:field`. */
  edited?: Readonly<Record<string, string>>;
}

/** What the engine runs for a client, whatever comes of it: needs, pace, settings, and where it goes on. */
export type Job<Config extends z.ZodType = z.ZodType, Cursor extends z.ZodType = z.ZodType, Lines extends RunLines = RunLines> = Pace & {
  id: string;
  title: Text;
  description: Text;
  needs: readonly Need[];
  /**
   * Whether it is on for a client that said nothing. Without it the job waits until the client or its plan switches it on, so that a new
   * job does not start for everybody minutes after a deploy.
   */
  onByDefault?: true;
  /** It is due as soon as one of these happened, however long its pace. */
  wokenBy?: readonly Happening[];
  /** What it is told of, in order: it is due as soon as one of these was found. */
  hears?: readonly OccurrenceKind[];
  /** JSON, also nested; forms are drawn from it. */
  config: Config;
  cursor: Cursor;
  /** What it measures, so that tiles and charts draw themselves. */
  metrics?: readonly Metric[];
  /** Of a job that proposes: what it may, and why. Without it the job reads. */
  acts?: Acts;
  /** What its runs may say in their log, by names that stay: a run that is over is read by them. `{{names}}` are filled in. */
  lines?: Lines;
  step(reading: Reading<z.output<Config>, z.output<Cursor>, keyof Lines & string>): Promise<Step<z.output<Cursor>>>;
};

const dayS = 24 * 3600;

/** Seconds between two slots of a job. */
export const everyOf = ({ everyS }: Pace): number => everyS ?? dayS;
