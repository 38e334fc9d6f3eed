import { and, eq, sql } from "drizzle-orm";
import { actionEdits, actions, budgets, findings, policies, schedules } from "#db/schema/index.ts";
import type { Change } from "#db/words/learning.ts";
import type { Ctx } from "#server/ctx.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { refreshFindings } from "#server/domain/learning/refresh-findings.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";

export const dayMs = 86_400_000;
export const automation = "at-risk-customer-flow";

type Row = typeof actions.$inferInsert;

/** A client whose automation proposes, what its people said of it, and an admin of the agency; days are told by the test. */
export async function learningRig({ name = automation, ...more }: Partial<typeof policies.$inferInsert> & { name?: string } = {}) {
  const clock = { now: Date.parse("2026-11-15T12:00:00Z") };
  const now = () => clock.now;
  const ctx = testTenantCtx(await makeTenant(), "owner", { now });
  const tenantId = ctx.tenant.id;
  await ctx.db
    .insert(policies)
    .values({ ...usualPolicy, tenantId, automation: name, mode: "approve", salt: "s", startedAt: 1, createdAt: 1, updatedAt: 1, ...more });
  let count = 0;
  const admin = async () => testCtx({ actor: (await makeUser({ staff: true })).actor, now });
  return {
    ctx,
    clock,
    now,
    admin: await admin(),
    anotherAdmin: admin,
    advance: (days: number) => {
      clock.now += days * dayMs;
    },
    /** So many actions that somebody decided on a day ago. */
    async decided(many: number, row: Partial<Row> = {}): Promise<string[]> {
      const at = clock.now - dayMs;
      const ids = Array.from({ length: many }, () => `act_${tenantId}_${count++}`);
      for (const id of ids)
        await ctx.db.insert(actions).values({
          ...{ id, tenantId, automation: name, runId: "r", dedupe: id, subject: `customer:${id}`, connectionId: "c", customerId: id },
          ...{ touches: "customer", hash: "h", evidence: { line: "late", params: {} }, status: "done", createdAt: at, expiresAt: at },
          ...{ decidedAt: at, decidedBy: "usr_x", ...row },
        });
      return ids;
    },
    async edited(ids: readonly string[], to: string, { kind = "klaviyo-event", field = "metric", was = "Customer at risk" } = {}) {
      for (const actionId of ids) {
        await ctx.db.insert(actionEdits).values({
          tenantId,
          actionId,
          place: 0,
          field,
          automation: name,
          kind,
          connectionId: "c",
          customerId: actionId,
          at: clock.now - dayMs,
          was,
          becomes: to,
        });
        await ctx.db
          .update(actions)
          .set({ edited: true })
          .where(inTenant(ctx, actions, eq(actions.id, actionId)));
      }
    },
    async days(all: number, full: number, kind: "actions" | "customers" | "stake" = "actions") {
      for (let n = 0; n < all; n++) {
        const day = new Date(clock.now - (n + 1) * dayMs).toISOString().slice(0, 10);
        await ctx.db
          .insert(budgets)
          .values({ tenantId, day, automation: name, kind, used: 20, most: 20, fullAt: n < full ? clock.now : null });
      }
    },
    /** The cron, as often as it takes for all that is due. */
    async refresh(): Promise<void> {
      const cron: Ctx = testCtx({ actor: { type: "system", job: "cron" }, now });
      while ((await refreshFindings(cron)).looked > 0);
    },
    findings: () => ctx.db.select().from(findings).where(inTenant(ctx, findings)).orderBy(findings.kind, findings.what),
    async found(kind: string, what = "") {
      const [row] = await ctx.db
        .select()
        .from(findings)
        .where(inTenant(ctx, findings, and(sql`kind = ${kind}`, eq(findings.what, what))));
      return row;
    },
    async policy() {
      const [row] = await ctx.db.select().from(policies).where(inTenant(ctx, policies));
      return row;
    },
    async config() {
      const [row] = await ctx.db.select({ config: schedules.config }).from(schedules).where(inTenant(ctx, schedules));
      return row?.config;
    },
    /** A finding without a history. */
    async open(proposal: Change | null, row: Partial<typeof findings.$inferInsert> = {}): Promise<string> {
      const id = `fnd_${tenantId}_${count++}`;
      await ctx.db.insert(findings).values({
        ...{ id, tenantId, automation: name, kind: "rejections", what: `${count}`, status: "open", hits: 6, of: 12, proposal },
        ...{ foundAt: clock.now, measuredAt: clock.now, ...row },
      });
      return id;
    },
  };
}
