import { type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Db } from "#db/client.ts";
import { fold, type Group } from "#server/domain/runs/fold.ts";
import type { StepOutcome } from "#server/domain/runs/outcome.ts";

/** Outcomes of many runs, as they are written in one batch under one lease. */
export interface Writing {
  db: Db;
  outcomes: readonly StepOutcome[];
  lease: string;
  /** Milliseconds since 1970. */
  now: number;
  /** The rows of a kind as JSON, run by run, in texts that D1 binds. */
  rows(rowsOf: (outcome: StepOutcome) => readonly (readonly unknown[])[]): string[];
  /**
   * From such a text, what belongs to runs that are still held under the lease: `r` is the run, from which tenant and job are taken, `j`
   * the row. A worker that lost the lease so writes nothing.
   */
  held(json: string, more?: SQL): SQL;
}

/** How one kind of row is written, of whatever outcomes have it. */
export type WriteRows = (writing: Writing) => BatchItem<"sqlite">[];

export const writingOf = (db: Db, { outcomes, lease, now }: Pick<Writing, "outcomes" | "lease" | "now">): Writing => ({
  db,
  outcomes,
  lease,
  now,
  rows: (rowsOf) => fold(outcomes.map((outcome): Group => ({ run: outcome.run, rows: rowsOf(outcome) }))),
  held: (json, more = sql``) =>
    sql`from json_each(${json}) g cross join runs r on r.id = g.value->>0 and r.lease = ${lease} and r.status = 'running' cross join json_each(g.value, '$[1]') j ${more} where true`,
});

/** Of a row `j` that is an order or what was given back of one: whose it is. */
export const ownerOfRow = { tenantId: sql`r.tenant_id`, connectionId: sql`j.value->>0` };
