import { asc, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { askAllKept, askKept, keep } from "#db/kept.ts";
import { connections, memberships, schedules, tenants, users } from "#db/schema/index.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";

const readNames = keep((db) =>
  db
    .select({ name: connections.name, details: connections.details })
    .from(connections)
    .where(inTenant(anyTenant, connections))
    .orderBy(asc(connections.id)),
);
const readSchedules = keep((db) => db.select().from(schedules).where(inTenant(anyTenant, schedules)));

async function tenantWith(name: string) {
  const ctx = testTenantCtx(await makeTenant());
  const row = { id: newId("con", 1), tenantId: ctx.tenant.id, provider: "klaviyo", externalId: name, name, details: { currency: "EUR" } };
  const more = { scopesAsked: [], scopesGranted: [], status: "active" as const, connectedBy: "usr", connectedAt: 1 };
  await ctx.db.insert(connections).values({ ...row, ...more });
  return ctx;
}

test("a kept select answers each tenant with its own rows, their columns read as drizzle reads them", async () => {
  const [one, other] = [await tenantWith("One"), await tenantWith("Other")];
  const details = { currency: "EUR" };
  expect(await askKept(one.db, readNames({ tenant: one.tenant.id }))).toEqual([{ name: "One", details }]);
  expect(await askKept(other.db, readNames({ tenant: other.tenant.id }))).toEqual([{ name: "Other", details }]);
});

test("several kept selects are one batch, whose answers come in their order", async () => {
  const { db, tenant } = await tenantWith("One");
  const own = { tenant: tenant.id };
  expect(await askAllKept(db, [readSchedules(own), readNames(own)])).toEqual([[], [{ name: "One", details: { currency: "EUR" } }]]);
});

test("a kept select that names another tenant is refused, alone and in a batch", async () => {
  const [one, other] = [await tenantWith("One"), await tenantWith("Other")];
  const asked = readNames({ tenant: other.tenant.id });
  await expect(askKept(one.db, asked)).rejects.toThrow(/without its tenant/);
  await expect(askAllKept(one.db, [asked])).rejects.toThrow(/without its tenant/);
  const everybodys = keep((db) => db.select({ name: connections.name }).from(connections));
  await expect(askKept(one.db, everybodys({}))).rejects.toThrow(/without its tenant/);
});

test("a value that nobody says is an error, and no query", async () => {
  const { db } = await tenantWith("One");
  await expect((async () => askKept(db, readNames({})))()).rejects.toThrow(/tenant/);
});

test("columns of the same name in two tables stay apart", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "viewer"]] });
  const readMember = keep((on) =>
    on
      .select({ user: users, membership: memberships })
      .from(users)
      .leftJoin(memberships, eq(memberships.userId, users.id))
      .where(eq(users.id, sql.placeholder("user"))),
  );
  const [found] = await askKept(testTenantCtx(tenant).directory, readMember({ user: actor.userId }));
  expect(found).toMatchObject({ user: { id: actor.userId, email: actor.email }, membership: { role: "viewer", tenantId: tenant.id } });
});

test("a kept select of joined tables reads each value as drizzle does: times, JSON, booleans, and null for a table that a row has nothing of", async () => {
  const tenant = await makeTenant();
  const [member, stranger] = [await makeUser({ roles: [[tenant, "viewer"]] }), await makeUser({})];
  const { directory } = testTenantCtx(tenant);
  const build = (on: typeof directory) =>
    on
      .select({ user: users, membership: memberships, tenant: tenants })
      .from(users)
      .leftJoin(memberships, eq(memberships.userId, users.id))
      .leftJoin(tenants, eq(tenants.id, memberships.tenantId))
      .orderBy(asc(users.id));
  const drizzles = await build(directory);
  expect(await askKept(directory, keep(build)({}))).toEqual(drizzles);
  const absent = drizzles.find(({ user }) => user.id === stranger.actor.userId);
  expect(absent).toMatchObject({ membership: null, tenant: null });
  expect(drizzles.find(({ user }) => user.id === member.actor.userId)?.tenant?.createdAt).toBeTypeOf("number");
});
