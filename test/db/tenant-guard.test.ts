import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runs, schedules, users } from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

test("a query on a tenant's table that names no tenant is refused before it reaches D1", async () => {
  const ctx = testTenantCtx(await makeTenant());
  await expect(ctx.db.select().from(runs)).rejects.toThrow();
  await expect(ctx.db.batch([ctx.db.select().from(schedules)])).rejects.toThrow(/without its tenant/);
});

test("a query that names another tenant is refused", async () => {
  const ctx = testTenantCtx(await makeTenant());
  const other = await makeTenant();
  await expect(ctx.db.select().from(runs).where(eq(runs.tenantId, other.id))).rejects.toThrow();
  await expect(ctx.db.update(runs).set({ status: "dead" }).where(eq(runs.tenantId, other.id))).rejects.toThrow();
});

test("the tenant's own rows and tables without a tenant are answered", async () => {
  const ctx = testTenantCtx(await makeTenant());
  expect(await ctx.db.select().from(runs).where(inTenant(ctx, runs))).toEqual([]);
  expect(Array.isArray(await ctx.db.select().from(users).limit(1))).toBe(true);
});

test("every table with a tenant_id column is guarded", () => {
  expect(tenantTables).toEqual(
    expect.arrayContaining([
      "connections",
      "secrets",
      "data_keys",
      "schedules",
      "runs",
      "run_logs",
      "measurements",
      "orders",
      "refunds",
      "audit_log",
      "memberships",
      "invitations",
    ]),
  );
});
