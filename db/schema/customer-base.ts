import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import {
  type BuyingModel,
  customerSegments,
  type FifthsOfCustomers,
  type PastCheck,
  type RankingReason,
  rankingSteps,
  type Season,
  type SpendModel,
  type ToldScore,
} from "#db/words/customer-base.ts";

/** What is known of how a shop's customers buy, a row a shop. Days are the shop's, `YYYY-MM-DD`. */
export const customerModels = sqliteTable(
  "customer_models",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    step: text({ enum: rankingSteps }).notNull(),
    /** Without a CHECK, since the list grows. */
    reason: text().$type<RankingReason>().notNull(),
    /** The last day of what it was fitted on. */
    fittedUntil: text().notNull(),
    fittedAt: instant().notNull(),
    /** Of the first order of a known customer; null without any. */
    firstDay: text(),
    /** Customers with an order until then, and of them who bought on more than one day. */
    bought: integer().notNull(),
    boughtAgain: integer().notNull(),
    /** ISO 4217, of the latest order: what was bought in others counts as bought and not as worth something. */
    currency: text(),
    /** Null where nobody bought again. */
    buying: json<BuyingModel>(),
    spend: json<SpendModel>(),
    /** Null where there are not two years: expected orders know no season then. */
    season: json<Season>(),
    /** Null where nothing was known that long ago. */
    past: json<PastCheck>(),
    /** Of the step `rfm` alone. */
    fifths: json<FifthsOfCustomers>(),
    /** The last day as of which all customers were scored; null before the first time. */
    scoredUntil: text(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId] }), known(t.step)],
);

/** What a shop's customers are expected to do, a row each who bought. Chances from 0 to 1; null where the shop's history carries no model. */
export const customerScores = sqliteTable(
  "customer_scores",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    customerId: text().notNull(),
    /** The last day that is known of. */
    asOf: text().notNull(),
    chance30: real("chance_30"),
    chance90: real("chance_90"),
    /** Days with an order in the next 90, and what they come to in minor units of `currency`. */
    orders90: real("orders_90"),
    valueMinor: integer(),
    currency: text(),
    segment: text({ enum: customerSegments }).notNull(),
    /** What was last proposed to be told of them elsewhere, and by which action. */
    told: json<ToldScore>(),
    toldBy: text(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.customerId] }),
    index("customer_scores_segment").on(t.tenantId, t.connectionId, t.segment),
    known(t.segment),
  ],
);
