import { lt } from "drizzle-orm";
import { databaseAt, openDb } from "#db/client.ts";
import { rateUses } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { Use } from "#server/rate-budget.ts";
import type { RatedAccount } from "#server/rate-leases.ts";

const keptMs = 24 * 3_600_000;

/** Keeps how much of its limits an account used in the last minute, for who asked last for it; of a client that is gone nothing. */
export async function noteRates(ctx: Ctx, { tenant: id, connection }: RatedAccount, uses: readonly Use[]): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, id));
  if (!tenant) return;
  const db = openDb(databaseAt(ctx.databases, tenant.place));
  const at = ctx.now();
  const rows = uses.map(({ limit, share, waits }) => {
    const row = { share, waits, at };
    return db
      .insert(rateUses)
      .values({ tenantId: id, connectionId: connection, limit, ...row })
      .onConflictDoUpdate({ target: [rateUses.tenantId, rateUses.connectionId, rateUses.limit], set: row });
  });
  const [first, ...rest] = rows;
  if (first) await db.batch([first, ...rest]);
}

/** Forgets what is older than a day. */
export async function forgetRates(ctx: Ctx): Promise<void> {
  await inEachPlace(ctx, async ({ db }) => void (await db.delete(rateUses).where(lt(rateUses.at, ctx.now() - keptMs))));
}
