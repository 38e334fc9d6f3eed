import { and, lt, or, sql } from "drizzle-orm";
import { workspaceRequests } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

const day = 86_400_000;
/** So long after it was decided who asked is still known, and so long one waits that nobody decides. */
const decidedMs = 30 * day;
const waitingMs = 90 * day;

/** Deletes what is known of people who asked for a workspace, whatever became of it. For the cron; answers how many. */
export async function forgetRequests({ directory, now }: Ctx): Promise<number> {
  const [decided, waiting] = [now() - decidedMs, now() - waitingMs];
  // Nothing is decided before it is asked: those that are younger are not read.
  const old = and(
    lt(workspaceRequests.createdAt, decided),
    or(sql`decided_at < ${decided}`, sql`decision is null and created_at < ${waiting}`),
  );
  const gone = await directory.delete(workspaceRequests).where(old).returning({ id: workspaceRequests.id });
  return gone.length;
}
