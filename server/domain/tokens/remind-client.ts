import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { connections, notices } from "#db/schema/index.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { listMembersWho } from "#server/domain/notices/list-readers.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { isWithinLimit } from "#server/domain/tenancy/take.ts";

/** Nobody is reminded again of an account within so long. */
export const remindedWithinMs = 86_400_000;

/** What came of it. `readers`: how many people there can reconnect; `sent`: about how many accounts they are told now. */
export interface Reminded {
  readers: number;
  sent: number;
}

/**
 * Reminds a client's people of every account that waits for them to reconnect it, for staff. An account that they were told of within a
 * day is left out: a mail each click would teach them to read none; nor are they told twice where two admins press at once. Where nobody there may connect accounts nothing is sent.
 */
export async function remindClient(ctx: TenantCtx): Promise<Reminded> {
  requireStaff(ctx);
  const [waiting, readers] = await Promise.all([untold(ctx), listMembersWho(ctx, "connections:write")]);
  if (readers.length === 0 || waiting.length === 0) return { readers: readers.length, sent: 0 };
  if (!(await isWithinLimit(ctx, limitOf("remind:tenant", ctx.tenant.id)))) return { readers: readers.length, sent: 0 };
  await commit(ctx, "connection.reminded", { connections: waiting.map(({ id }) => id), people: readers.length }, []);
  for (const { id, version } of waiting) {
    const mail = { v: 1, type: "mail.reconnect", tenant: ctx.tenant.id, connection: id } as const;
    await notify(ctx, { mail, event: `${version} ${ctx.now()}` });
  }
  return { readers: readers.length, sent: waiting.length };
}

async function untold(ctx: TenantCtx): Promise<{ id: string; version: number }[]> {
  const waiting = await ctx.db
    .select({ id: connections.id, version: connections.version })
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.status, "reconnect_needed")));
  if (waiting.length === 0) return [];
  const ids = sql`(select value from json_each(${JSON.stringify(waiting.map(({ id }) => id))}))`;
  const recent = and(inArray(notices.subject, ids), eq(notices.kind, "reconnect"), gt(notices.createdAt, ctx.now() - remindedWithinMs));
  const told = await ctx.db
    .selectDistinct({ id: notices.subject })
    .from(notices)
    .where(inTenant(ctx, notices, recent));
  return waiting.filter(({ id }) => !told.some((notice) => notice.id === id));
}
