import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { actions, policies } from "#db/schema/index.ts";
import { dayOf, nextTime } from "#server/catalog/days.ts";
import { type Ctx, enterTenant, inEachPlace, type TenantCtx } from "#server/ctx.ts";
import { tell } from "#server/domain/notices/notify.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { ActionMessage } from "#server/messages.ts";

/** By the client's clock: before those are mailed who get all that they were told in one letter a day. */
const toldAt = "07:30";
/** A message that did not come to anything by then was lost, and is sent again. */
const graceMs = 3_600_000;
const pageSize = 2_000;

/** Has people told in the morning, where something of this automation waits for them; answers whether it does. */
export async function planDigest(ctx: TenantCtx, automation: string): Promise<boolean> {
  const planned = await ctx.db
    .update(policies)
    .set({ digestAt: sql`coalesce(${policies.digestAt}, ${nextTime(toldAt, ctx.tenant.timezone, ctx.now())})` })
    .where(inTenant(ctx, policies, eq(policies.automation, automation), waits(ctx)))
    .returning({ at: policies.digestAt });
  return planned.length > 0;
}

/** Sends clients whose people are due to be told what waits to the queue, each once, however many automations it is of. Answers how many. */
export async function claimDigests(ctx: Ctx): Promise<number> {
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const now = ctx.now();
    const due = db
      .selectDistinct({ id: policies.tenantId })
      .from(policies)
      .where(sql`digest_at is not null and digest_at <= ${now}`)
      .limit(pageSize);
    const claimed = await db
      .update(policies)
      .set({ digestAt: now + graceMs })
      .where(and(inArray(policies.tenantId, due), isNotNull(policies.digestAt)))
      .returning({ tenantId: policies.tenantId });
    const clients = [...new Set(claimed.map(({ tenantId }) => tenantId))];
    await ctx.send.actions(clients.map((tenant) => ({ v: 1, type: "action.digest", tenant })));
    sent += clients.length;
  });
  return sent;
}

/**
 * Tells those of a client who may decide that something waits, all of it at once and once a day, for as long as it does: what waits since
 * yesterday too. Where nothing waits any more they are not told, and no later day is planned until something is proposed.
 */
export async function tellWaiting(ctx: Ctx, message: Extract<ActionMessage, { type: "action.digest" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [now, day] = [ctx.now(), dayOf(ctx.now(), tenant.timezone)];
  const mail = { v: 1, type: "mail.approvals", tenant: tenant.id, day, news: "waiting", automation: null } as const;
  const [one] = await inside.db
    .select({ mode: policies.mode })
    .from(policies)
    .where(inTenant(inside, policies, waits(inside)))
    .limit(1);
  if (one) await tell(ctx, { mail, event: day });
  else await retract(ctx, { tenant: tenant.id, kinds: ["approvals"], subject: "" });
  // Whether it waits is asked once more: what is proposed meanwhile has found a day planned, and planned none.
  const next = nextTime(toldAt, tenant.timezone, now);
  await inside.db
    .update(policies)
    .set({ digestAt: sql`case when ${waits(inside)} then ${next} end` })
    .where(inTenant(inside, policies, isNotNull(policies.digestAt)));
}

/** Whether something of the policy's automation waits for a person, in time. */
const waits = (ctx: TenantCtx) =>
  sql`exists (select 1 from ${actions} a where a.tenant_id = ${ctx.tenant.id} and a.automation = ${policies.automation}
    and a.status = 'waiting' and a.expires_at > ${ctx.now()})`;
