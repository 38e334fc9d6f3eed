import { sql } from "drizzle-orm";
import type { Db, Statement } from "#db/client.ts";
import { costs } from "#db/schema/index.ts";
import type { CostKind } from "#db/words/costs.ts";

/** The day, in UTC, that a cost is counted on. */
export const costDay = (now: number): string => new Date(now).toISOString().slice(0, 10);

/** What an upsert adds to: the same day, kind and currency of the same client. */
export const addedTo = {
  target: [costs.tenantId, costs.day, costs.kind, costs.currency],
  set: { quantity: sql`${costs.quantity} + excluded.quantity` },
};

/** What a queue's message costs where it is written, read and deleted once. */
export const operationsOfMessage = 3;

/** Adds to what a client costs (`tenant` "" for the agency): a statement, for the batch of the write that it is of. */
export const addCosts = (
  db: Db,
  now: number,
  { tenant, quantities }: { tenant: string; quantities: Partial<Record<CostKind, number>> },
): Statement =>
  db
    .insert(costs)
    .select(sql`select ${tenant}, ${costDay(now)}, j.key, '', j.value from json_each(${JSON.stringify(quantities)}) j where j.value > 0`)
    .onConflictDoUpdate(addedTo);
