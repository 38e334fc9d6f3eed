import { eq } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";

/** Ends the session of this browser. Without one there is nothing to end, and that is fine. */
export async function signOut(ctx: Ctx): Promise<void> {
  if (ctx.actor.type === "user") {
    const { sessionId } = ctx.actor;
    await commit(ctx, "session.ended", { session: sessionId }, [ctx.directory.delete(sessions).where(eq(sessions.id, sessionId))]);
  }
  ctx.cookies.set(sessionCookie, "", 0);
}
