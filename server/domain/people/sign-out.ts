import { eq, sql } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";

/** Ends the session of this browser. Without one there is nothing to end, and that is fine. */
export async function signOut(ctx: Ctx): Promise<void> {
  if (ctx.actor.type === "user") {
    const { sessionId } = ctx.actor;
    const own = eq(sessions.id, sessionId);
    await commitIf(ctx, sql`exists (select 1 from ${sessions} where ${own})`, "session.ended", { session: sessionId }, [
      ctx.directory.delete(sessions).where(own),
    ]);
  }
  ctx.cookies.set(sessionCookie, "", 0);
}
