import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import type { Money } from "#db/words/locales.ts";
import {
  type RehearsalProgress,
  type RehearsalVariant,
  type RehearsedSums,
  rehearsalStates,
  rehearsalVariants,
  type Spent,
} from "#db/words/rehearsals.ts";
import type { JobConfig } from "#db/words/runs.ts";

/** An automation tried over days that are past, beside what it would have done as it is set: the last one of each, begun anew each time. */
export const rehearsals = sqliteTable(
  "rehearsals",
  {
    tenantId: tenantId(),
    automation: text().notNull(),
    /** Tells it from the one before. */
    id: text().notNull(),
    /** The shop whose orders are read. */
    connectionId: text().notNull(),
    /** The settings of today, as they were when it was asked for, and those that are tried. */
    today: json<JobConfig>().notNull(),
    tried: json<JobConfig>().notNull(),
    /** Days of the client's calendar, YYYY-MM-DD, both included. */
    fromDay: text().notNull(),
    toDay: text().notNull(),
    status: text({ enum: rehearsalStates }).notNull(),
    requestedBy: text().notNull(),
    requestedAt: instant().notNull(),
    /** When the shop's orders were last read as it was asked for: what came later is not known. */
    ordersReadAt: instant().notNull().default(0),
    progress: json<RehearsalProgress>().notNull(),
    /** Of the customers who were looked at so far. */
    totals: json<Record<RehearsalVariant, RehearsedSums>>().notNull().default(sql`'{}'`),
    sentAt: instant().notNull(),
    /** Until when whoever works at it may be taken to be at work; they alone write. */
    leaseUntil: instant(),
    /** Tries of the present step; one that is done sets it back to 0. */
    attempts: integer().notNull().default(0),
    doneAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.automation] }),
    index("rehearsals_open").on(t.sentAt).where(sql`status = 'waiting'`),
    known(t.status),
  ],
);

/** Whom it would have touched, when, at what stake, and what they bought afterwards. Nothing of it was proposed. */
export const rehearsed = sqliteTable(
  "rehearsed",
  {
    tenantId: tenantId(),
    automation: text().notNull(),
    variant: text({ enum: rehearsalVariants }).notNull(),
    /** As of a proposal: what was proposed once is not proposed again. */
    dedupe: text().notNull(),
    connectionId: text().notNull(),
    customerId: text(),
    at: instant().notNull(),
    stake: json<Money>(),
    /** Whether the days in which what they buy is counted are over. */
    over: integer({ mode: "boolean" }).notNull(),
    orders: integer().notNull(),
    spent: json<Spent>().notNull(),
    /** The first of a customer whom the other settings would not have touched: these are shown. */
    differs: integer({ mode: "boolean" }).notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.automation, t.variant, t.dedupe] }),
    index("rehearsed_customer").on(t.tenantId, t.customerId),
    index("rehearsed_differing").on(t.tenantId, t.automation, t.variant, t.at).where(sql`differs = 1`),
    known(t.variant),
  ],
);
