import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { policyModeChanges } from "#db/schema/index.ts";
import { type Ctx, enterTenant, inEachPlace, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import { tellOf } from "./tell-of.ts";

/** Whom nobody has told by then they are told by the cron: the worker died, or the queue took no mail. */
export const fallGraceMs = 10 * 60_000;
const pageSize = 50;

type Fall = Pick<typeof policyModeChanges.$inferSelect, "automation" | "at">;

/** Tells those of a client who may decide that an automation acts by itself no more, and notes that they know. Told again they are told once. */
export async function tellFall(ctx: TenantCtx, { automation, at }: Fall): Promise<void> {
  await tellOf(ctx, { automation, news: "fell_back", at });
  await ctx.db
    .update(policyModeChanges)
    .set({ tellAt: null })
    .where(inTenant(ctx, policyModeChanges, eq(policyModeChanges.automation, automation), eq(policyModeChanges.at, at)));
}

/** Tells people of what fell back and of which they were not told. One that fails is due again, and keeps no other from its turn. Answers how many. */
export async function tellFallen(ctx: Ctx): Promise<number> {
  let told = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const failures: unknown[] = [];
    for (const { tenantId, ...fall } of await claim(db, ctx.now())) {
      try {
        const tenant = await ifFound(findTenant(ctx, tenantId));
        if (!tenant) continue;
        await tellFall(enterTenant(ctx, tenant, "system"), fall);
        told += 1;
      } catch (error) {
        failures.push(new Error(`${tenantId} ${fall.automation} failed`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not of every fall-back people were told");
  });
  return told;
}

/** Literal as the index has it. A second tick finds none of these due. */
const claim = (db: Db, now: number) =>
  db
    .update(policyModeChanges)
    .set({ tellAt: now + fallGraceMs })
    .where(
      and(
        isNotNull(policyModeChanges.tellAt),
        sql`(tenant_id, automation, at) in (${db
          .select({ tenantId: policyModeChanges.tenantId, automation: policyModeChanges.automation, at: policyModeChanges.at })
          .from(policyModeChanges)
          .where(sql`tell_at is not null and tell_at <= ${now}`)
          .orderBy(asc(policyModeChanges.tellAt))
          .limit(pageSize)})`,
      ),
    )
    .returning({ tenantId: policyModeChanges.tenantId, automation: policyModeChanges.automation, at: policyModeChanges.at });
