import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { runs, schedules, users } from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";

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

test("every table of the database with a tenant_id column is guarded", async () => {
  const { results } = await testEnv.DB.prepare("select name, sql from sqlite_master where type = 'table' order by name").all<{
    name: string;
    sql: string;
  }>();
  const owned = results.filter(({ sql: made }) => /[`"]tenant_id[`"]/.test(made)).map(({ name }) => name);
  expect(owned).toEqual([...tenantTables].sort());
  const ctx = testTenantCtx(await makeTenant());
  for (const table of owned) {
    const asked = [
      `select * from "${table}"`,
      `select 1 from users join ${table} on true`,
      `update \`${table}\` set tenant_id = 'x'`,
      `delete from ${table}`,
    ];
    for (const query of asked) await expect(ctx.db.run(sql.raw(query)), query).rejects.toThrow();
  }
});
