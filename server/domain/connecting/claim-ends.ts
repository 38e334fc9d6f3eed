import { inArray, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

/** A message that was not worked off within this time is taken for lost. */
const messageMs = 10 * 60_000;
const pageSize = 100;

/** Sends the keys that a sign-in replaced to be looked at: their people told, or the key ended. Each once, and again where the message was lost. Answers how many. */
export async function claimEnds(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const due = await db
      .update(connections)
      .set({ endLookAt: now + messageMs })
      .where(
        inArray(
          connections.id,
          // Word for word the condition of the index `connections_end`.
          db
            .select({ id: connections.id })
            .from(connections)
            .where(sql`end_look_at is not null and ${connections.endLookAt} <= ${now}`)
            .orderBy(connections.endLookAt)
            .limit(pageSize),
        ),
      )
      .returning({ connection: connections.id, tenant: connections.tenantId });
    await ctx.send.tokens(due.map((each) => ({ v: 1, type: "token.end_key", ...each })));
    sent += due.length;
  });
  return sent;
}
