import { eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { askKept, keep } from "#db/kept.ts";
import { tryAgain } from "#db/patient-d1.ts";
import { memberships, sessions, tenants, users } from "#db/schema/index.ts";
import type { Actor } from "./ctx.ts";
import { hashToken } from "./domain/vault/sign-in-tokens.ts";

/** `__Host-`: only over https (or localhost), only for this host, only for the whole of it. */
export const sessionCookie = "__Host-atrium_session";
const day = 86_400_000;
export const sessionLifetimeMs = 30 * day;

const readHolder = keep((db) =>
  db
    .select({ session: sessions, user: users, membership: memberships, tenant: tenants })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .leftJoin(tenants, eq(tenants.id, memberships.tenantId))
    .where(eq(sessions.tokenHash, sql.placeholder("tokenHash"))),
);

/**
 * Who holds this session token. An unknown or ended one is nobody. A session slides: used after a day, it lives 30 days
 * again (`renewed` then says that the cookie should be set anew).
 */
export async function authenticate(db: Db, token: string | undefined, now: number): Promise<{ actor: Actor; renewed: boolean }> {
  const nobody = { actor: { type: "anonymous" } as const, renewed: false };
  if (!token || token.length > 100) return nobody;
  const tokenHash = hashToken(token);
  const rows = await askKept(db, readHolder({ tokenHash }));
  const first = rows[0];
  if (!first || first.session.expiresAt <= now) return nobody;
  const { session, user } = first;
  const renewed = now - session.lastUsedAt > day;
  if (renewed) {
    const until = { lastUsedAt: now, expiresAt: now + sessionLifetimeMs };
    await tryAgain(async () => db.update(sessions).set(until).where(eq(sessions.id, session.id)));
  }
  return {
    renewed,
    actor: {
      type: "user",
      userId: user.id,
      sessionId: session.id,
      email: user.email,
      name: user.name,
      locale: user.locale,
      timezone: user.timezone,
      staff: user.staff,
      onboarded: user.onboardedAt !== null,
      memberships: rows.flatMap(({ tenant, membership }) =>
        tenant && membership ? [{ tenant, role: membership.role, dismissed: membership.dismissed }] : [],
      ),
    },
  };
}
