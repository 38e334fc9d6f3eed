import { eq, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { probeFailingEveryMs } from "#server/domain/tokens/probe-times.ts";

/** Enough to see that it is back, too few to be in its way. */
const triesAtATime = 3;
/** Later than any that `claimProbes` puts off at the same time, so that the next ones are others. */
const behindOthersMs = 1.2 * probeFailingEveryMs;

/**
 * Sends probes of a few connections of a provider that is down, each of another tenant, those that failed first and the
 * longest untried ones before the others. Their next probe is put off in the same statement, so that the tries go round.
 */
export async function tryAFew(ctx: Ctx, provider: string): Promise<void> {
  await inEachPlace(ctx, async ({ db }) => {
    const tried = await db
      .update(connections)
      .set({ probeAt: ctx.now() + behindOthersMs })
      .where(
        sql`${connections.id} in (select id from (
          select id, min(coalesce(probe_at, 0)) as turn, sum(failed_at is not null) > 0 as fails
          from connections where ${eq(connections.provider, provider)} and +status = 'active'
          group by tenant_id order by fails desc, turn limit ${triesAtATime}))`,
      )
      .returning({ id: connections.id, tenant: connections.tenantId });
    await ctx.send.tokens(tried.map(({ id, tenant }) => ({ v: 1, type: "token.probe", tenant, connection: id })));
  });
}
