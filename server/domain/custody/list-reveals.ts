import { and, desc, eq, lt, sql } from "drizzle-orm";
import { connections, reveals, secrets } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, requireUser } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import type { RevealState } from "./schemas.ts";
import { sealMark } from "./seal-mark.ts";

type RevealRow = typeof reveals.$inferSelect;

/** A request to see a secret, as admins see it. Times in milliseconds since 1970. */
export interface Reveal {
  id: string;
  tenant: string;
  field: string;
  providerName: string;
  account: string;
  reason: string;
  requestedBy: string;
  requestedAt: number;
  /** Who allowed or refused it. */
  decidedBy: string | null;
  decidedAt: number | null;
  expiresAt: number;
  shownAt: number | null;
  state: RevealState;
  /** Asked for by the person who reads this. */
  own: boolean;
}

const pageSize = 50;
/** The secret that stands in the place now. */
const ofReveal = and(
  eq(secrets.tenantId, reveals.tenantId),
  eq(secrets.connectionId, reveals.connectionId),
  eq(secrets.field, reveals.field),
);

/** All requests to see a secret, the newest first, for staff. `cursor` is `next` of the page before. */
export async function listReveals(
  ctx: Ctx,
  { cursor }: { cursor?: string | undefined },
): Promise<{ items: Reveal[]; next: string | null }> {
  const { userId } = requireUser(ctx);
  const now = ctx.now();
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ reveal: reveals, provider: connections.provider, account: connections.name, sealed: secrets.sealed })
        .from(reveals)
        .leftJoin(connections, and(eq(connections.id, reveals.connectionId), eq(connections.tenantId, reveals.tenantId)))
        .leftJoin(secrets, ofReveal)
        .where(cursor ? lt(reveals.id, cursor) : undefined)
        .orderBy(desc(reveals.id))
        .limit(pageSize + 1),
    ),
  );
  const rows = found.flat().sort((a, b) => (a.reveal.id < b.reveal.id ? 1 : -1));
  const page = rows.slice(0, pageSize);
  const names = await actorNames(
    ctx,
    page.flatMap(({ reveal }) => [reveal.requestedBy, reveal.approvedBy, reveal.deniedBy]),
  );
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
  const items = page.map(({ reveal, provider, account, sealed }) => ({
    id: reveal.id,
    tenant: reveal.tenantId,
    field: reveal.field,
    providerName: provider ? providerName(provider) : "",
    account: account ?? "",
    reason: reveal.reason,
    requestedBy: nameOf(reveal.requestedBy) ?? "",
    requestedAt: reveal.requestedAt,
    decidedBy: nameOf(reveal.approvedBy ?? reveal.deniedBy),
    decidedAt: reveal.approvedAt ?? reveal.deniedAt,
    expiresAt: reveal.expiresAt,
    shownAt: reveal.shownAt,
    state: revealStateOf(reveal, now, sealed),
    own: reveal.requestedBy === userId,
  }));
  return { items, next: rows.length > pageSize ? (page.at(-1)?.reveal.id ?? null) : null };
}

/** Where a request stands at `now`; `sealed` is the value that stands in the secret's place, null where there is none. */
export function revealStateOf(
  { approvedAt, deniedAt, expiresAt, sealMark: mark }: RevealRow,
  now: number,
  sealed: string | null,
): RevealState {
  if (deniedAt !== null) return "denied";
  if (expiresAt > now && (sealed === null || sealMark(sealed) !== mark)) return "void";
  if (expiresAt > now) return approvedAt === null ? "waiting" : "open";
  return approvedAt === null ? "expired" : "over";
}

/** How many requests wait for an answer that this admin may give. */
export async function countWaitingReveals(ctx: Ctx): Promise<number> {
  const { userId } = requireUser(ctx);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ waiting: sql<number>`count(*)` })
        .from(reveals)
        .innerJoin(secrets, ofReveal)
        .where(
          sql`${reveals.sealMark} <> '' and substr(${secrets.sealed}, 1, length(${reveals.sealMark})) = ${reveals.sealMark} and ${reveals.expiresAt} > ${ctx.now()} and ${reveals.approvedAt} is null and ${reveals.deniedAt} is null and ${reveals.requestedBy} <> ${userId}`,
        ),
    ),
  );
  return found.flat().reduce((sum, { waiting }) => sum + waiting, 0);
}
