import { eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { debts } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import type { Debtor } from "#server/domain/connections/debtor.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { payDebt } from "./pay-debt.ts";

/** A message that was not worked off within this time is taken for lost. */
const messageMs = 10 * 60_000;
const pageSize = 200;
/** How long the page can say what became of an access; the log says it for ever. */
const keptMs = 90 * 86_400_000;

/** Sends what is owed to be paid: what nobody paid at once, and what a provider did not take back. Answers how many. */
export async function claimDebts(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const due = await db
      .update(debts)
      .set({ nextAt: now + messageMs })
      .where(
        inArray(
          debts.id,
          // Word for word the condition of the index `debts_due`.
          db
            .select({ id: debts.id })
            .from(debts)
            .where(sql`next_at is not null and ${debts.nextAt} <= ${now}`)
            .orderBy(debts.nextAt)
            .limit(pageSize),
        ),
      )
      .returning({ connection: debts.connectionId, tenant: debts.tenantId });
    await db.delete(debts).where(sql`ended_at is not null and ${lte(debts.endedAt, now - keptMs)}`);
    await ctx.send.tokens(due.map((each) => ({ v: 1, type: "token.give_back", ...each })));
    sent += due.length;
  });
  return sent;
}

/** Pays what is owed of a connection, as the cron asks for it; what is paid by now is left alone. */
export async function payDue(ctx: Debtor, connectionId: string): Promise<void> {
  const owed = await ctx.db
    .select()
    .from(debts)
    .where(inTenant(ctx, debts, eq(debts.connectionId, connectionId), isNull(debts.farewell)));
  for (const debt of owed) await payDebt(ctx, debt);
}
