import { and, desc, eq, gt, ne, type SQL, sql } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { notFound } from "#server/errors.ts";
import type { SessionRef } from "./schemas.ts";

/** A browser in which the person is signed in. Times in milliseconds since 1970. */
export interface OwnSession {
  id: string;
  ip: string;
  userAgent: string;
  createdAt: number;
  lastUsedAt: number;
  /** The one that asks. */
  current: boolean;
}

/** Where the person is signed in now, the last used first. */
export async function listSessions(ctx: Ctx): Promise<OwnSession[]> {
  const { userId, sessionId } = requireUser(ctx);
  const rows = await ctx.directory
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, ctx.now())))
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.createdAt));
  return rows.map(({ id, ip, userAgent, createdAt, lastUsedAt }) => ({
    id,
    ip,
    userAgent,
    createdAt,
    lastUsedAt,
    current: id === sessionId,
  }));
}

/** Ends one of the person's own sessions, at once. Somebody else's is `not_found`. */
export async function revokeSession(ctx: Ctx, { sessionId }: SessionRef): Promise<void> {
  const { userId } = requireUser(ctx);
  const own = and(eq(sessions.id, sessionId), eq(sessions.userId, userId));
  const [ended] = await commitIf(ctx, standing(own), "session.revoked", { session: sessionId }, [
    ctx.directory.delete(sessions).where(own).returning({ id: sessions.id }),
  ]);
  if (!wrote(ended)) throw notFound("session");
}

/** Ends all of the person's sessions but the one that asks; without others there is nothing to write down. */
export async function revokeOtherSessions(ctx: Ctx): Promise<void> {
  const { userId, sessionId } = requireUser(ctx);
  const others = and(eq(sessions.userId, userId), ne(sessions.id, sessionId));
  await commitIf(ctx, standing(others), "session.others_revoked", {}, [ctx.directory.delete(sessions).where(others)]);
}

const standing = (condition: SQL | undefined) => sql`exists (select 1 from ${sessions} where ${condition})`;
