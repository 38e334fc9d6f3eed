import { inArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";

/** A message that was not worked off within this time is taken for lost, and its connection is due again. */
const messageMs = 5 * 60_000;
const pageSize = 500;
/** 5,000 renewals a minute and D1; what is left is due in the next minute too. */
const maxPages = 10;

/** Word for word the condition of the index `connections_renew`: without it SQLite reads every connection. */
const planned = sql`status = 'active' and renew_at is not null`;

/** The connections whose renewal is due: what the cron claims, and what a dry run shows. */
export const dueForRenewal = (now: number): SQL => sql`${planned} and ${connections.renewAt} <= ${now}`;

/**
 * Sends for renewal what is due, of clients that are suspended too: their tokens must still live on the day they come back.
 * A claimed connection is due again after five minutes, so that a message that is lost is sent again; one that is worked off
 * twice finds nothing to do. Of all tenants, or of one. Answers how many were claimed.
 */
export async function claimRenewals(ctx: Ctx, { tenantId }: { tenantId?: string | undefined } = {}): Promise<number> {
  const claimed = await Promise.all(
    acrossTenants(ctx).map(async ({ db }) => {
      let sum = 0;
      for (let page = 0; page < maxPages; page++) {
        const due = await claimPage(db, ofTenant(tenantId, dueForRenewal(ctx.now())), ctx.now());
        await ctx.send.tokens(due.map((row) => ({ v: 1, type: "token.renew", tenant: row.tenantId, connection: row.id })));
        sum += due.length;
        if (due.length < pageSize) break;
      }
      return sum;
    }),
  );
  return claimed.reduce((sum, count) => sum + count, 0);
}

const claimPage = (db: Db, due: SQL, now: number): Promise<{ id: string; tenantId: string }[]> =>
  db
    .update(connections)
    .set({ renewAt: now + messageMs })
    .where(
      inArray(connections.id, db.select({ id: connections.id }).from(connections).where(due).orderBy(connections.renewAt).limit(pageSize)),
    )
    .returning({ id: connections.id, tenantId: connections.tenantId });

/** Only this tenant's, where one is named. */
export const ofTenant = (tenantId: string | undefined, condition: SQL): SQL =>
  tenantId === undefined ? condition : sql`${condition} and ${connections.tenantId} = ${tenantId}`;
