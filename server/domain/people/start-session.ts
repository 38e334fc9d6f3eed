import { and, eq, exists, isNull, sql } from "drizzle-orm";
import { sessions, users } from "#db/schema/index.ts";
import { sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { hashToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { newId } from "#server/ids.ts";
import { signInCookie } from "./request-sign-in.ts";

/**
 * Signs a person in who has just proved their mailbox. At the first proof, sessions from before it end: whoever opened
 * them never showed that the address is theirs. The session that this browser held before ends too.
 */
export async function startSession(ctx: Ctx, { user, via }: { user: { id: string; staff: boolean }; via: "link" | "code" }): Promise<void> {
  const userId = user.id;
  const { token, row } = newSession(ctx, userId);
  const unproven = and(eq(users.id, userId), isNull(users.provenAt));
  const previous = ctx.actor.type === "user" ? ctx.actor.sessionId : "";
  const statements = [
    ctx.directory
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), exists(ctx.directory.select({ one: sql`1` }).from(users).where(unproven)))),
    ctx.directory.delete(sessions).where(eq(sessions.id, previous)),
    ctx.directory.update(users).set({ provenAt: ctx.now() }).where(unproven),
    ctx.directory.insert(sessions).values(row),
  ];
  await commit(ctx, "session.started", { user: userId, session: row.id, via }, statements, { by: user });
  keepSession(ctx, token);
}

/** A session's row, and the token that only the browser will hold. */
export function newSession(ctx: Ctx, userId: string) {
  const now = ctx.now();
  const token = newToken();
  const row = {
    id: newId("ses", now),
    tokenHash: hashToken(token),
    userId,
    ip: ctx.request.ip ?? "",
    userAgent: ctx.request.userAgent.slice(0, 300),
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + sessionLifetimeMs,
  };
  return { token, row };
}

/** Gives the browser its session; a sign-in that it waited for is over. */
export function keepSession(ctx: Ctx, token: string): void {
  ctx.cookies.set(sessionCookie, token, sessionLifetimeMs / 1000);
  ctx.cookies.set(signInCookie, "", 0);
}
