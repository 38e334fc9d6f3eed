import { sql } from "drizzle-orm";
import { rehearsals } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

/** A message that was sent this long ago and not worked off is taken for lost. */
const lostMs = 10 * 60_000;

/** Sends rehearsals whose message was lost again. Answers how many. */
export async function sweepRehearsals(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  let resent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const lost = await db
      .update(rehearsals)
      .set({ sentAt: now })
      // The literal condition is that of its index.
      .where(
        sql`status = 'waiting' and ${rehearsals.sentAt} <= ${now - lostMs} and (${rehearsals.leaseUntil} is null or ${rehearsals.leaseUntil} <= ${now})`,
      )
      .returning({ tenant: rehearsals.tenantId, automation: rehearsals.automation });
    await ctx.send.tasks(lost.map(({ tenant, automation }) => ({ v: 1, type: "rehearsal", tenant, automation })));
    resent += lost.length;
  });
  return resent;
}
