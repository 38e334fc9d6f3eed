import { and, desc, eq, inArray, ne, sql } from "drizzle-orm";
import { type Db, databaseAt, openDb, placesIn } from "#db/client.ts";
import { connections, invitations, measurements, memberships, schedules, users } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { klaviyoSensor } from "#server/catalog/sensors/klaviyo-sensor.ts";
import { type Ctx, requirePermission, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { type ConnectionFacts, chooseAccount, inOrder } from "#server/domain/connections/choose-account.ts";
import { standsAt } from "#server/domain/people/invite.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { isOn } from "#server/domain/tenancy/plans.ts";
import { Client } from "./schemas.ts";

/** What stands elsewhere than in a client's own row. */
type Facts = Pick<Client, "owner" | "klaviyo">;

/** A client as its own people see it, or the agency's admins, who see also how it came and how it is filed. */
export async function describeClient(ctx: TenantCtx): Promise<Client> {
  requirePermission(ctx, "portal:read");
  const { tenant } = ctx;
  const owners = await ownersOf(atDirectory(ctx).db, [tenant.id], ctx.now());
  const accounts = await klaviyoOf(ctx.db, [tenant.id]);
  const client = toClient(tenant, { owner: owners.get(tenant.id) ?? null, klaviyo: accounts.get(tenant.id) ?? null });
  if (ctx.role === "staff") return client;
  const { source: _, tags: __, ...own } = client;
  return own;
}

/** Clients (at most 50, D1 binds 100 values) as the agency's admins see them: one batch of the directory, one query in each D1. */
export async function describeClients(ctx: Ctx, tenants: readonly Tenant[]): Promise<Client[]> {
  const ids = tenants.map(({ id }) => id);
  const [owners, ...accounts] = await Promise.all([
    ownersOf(ctx.directory, ids, ctx.now()),
    ...placesIn(ctx.databases).map((place) => {
      const here = tenants.filter((tenant) => tenant.place === place).map(({ id }) => id);
      return klaviyoOf(openDb(databaseAt(ctx.databases, place)), here);
    }),
  ]);
  const klaviyo = new Map(accounts.flatMap((found) => [...found]));
  return tenants.map((tenant) => toClient(tenant, { owner: owners.get(tenant.id) ?? null, klaviyo: klaviyo.get(tenant.id) ?? null }));
}

const toClient = (tenant: Tenant, facts: Facts): Client =>
  Client.parse({ ...tenant, ...facts, jobsOn: allJobs.filter((job) => isOn(tenant, job)).map(({ id }) => id) });

/** The address of each client's first owner; where none is in yet, of the one who is invited last. */
async function ownersOf(db: Db, tenantIds: readonly string[], now: number): Promise<Map<string, string>> {
  if (tenantIds.length === 0) return new Map();
  const [members, invited] = await db.batch([
    db
      .select({ tenantId: memberships.tenantId, email: users.email })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(inArray(memberships.tenantId, [...tenantIds]), eq(memberships.role, "owner")))
      .orderBy(desc(memberships.createdAt)),
    db
      .select({ tenantId: invitations.tenantId, email: invitations.email })
      .from(invitations)
      .where(and(inArray(invitations.tenantId, [...tenantIds]), eq(invitations.role, "owner"), ...standsAt(now)))
      .orderBy(invitations.createdAt),
  ]);
  return new Map([...invited, ...members].map(({ tenantId, email }) => [tenantId, email]));
}

/**
 * The newest value of one of the sensor's figures, by the key of its table; null where they were read from another account. The client
 * is named with its table: drizzle leaves that out among the columns of a query, and would mean the figure's own tenant, whosever it is.
 */
const newest = (metric: string) => sql<number | null>`(select m.value from ${measurements} m where m.tenant_id = connections.tenant_id
  and m.job = ${klaviyoSensor.id} and m.metric = ${metric} and m.dimension = ''
  and not exists (select 1 from ${schedules} s where s.tenant_id = m.tenant_id and s.job = m.job
    and s.source <> ${connections.provider} || ' ' || ${connections.externalId})
  order by m.day desc limit 1)`;

/** The Klaviyo account that a client's jobs read, as it was last seen; while they may read none, the first in the client's order. */
async function klaviyoOf(db: Db, tenantIds: readonly string[]): Promise<Map<string, NonNullable<Client["klaviyo"]>>> {
  if (tenantIds.length === 0) return new Map();
  const rows = await db
    .select({ connection: connections, listCount: newest("lists"), segmentCount: newest("segments") })
    .from(connections)
    .where(and(inArray(connections.tenantId, [...tenantIds]), eq(connections.provider, "klaviyo"), ne(connections.status, "disconnected")));
  const found = new Map<string, NonNullable<Client["klaviyo"]>>();
  for (const tenantId of tenantIds) {
    const own = rows.filter(({ connection }) => connection.tenantId === tenantId);
    const account = accountOf(own.map(({ connection }) => connection));
    const row = own.find(({ connection }) => connection === account);
    if (!row) continue;
    const { externalId, details } = row.connection;
    found.set(tenantId, {
      accountId: externalId,
      // Klaviyo's public key, which its scripts call the company: one value under two names.
      companyId: externalId,
      emailDomain: details.email?.split("@")[1] ?? null,
      listCount: row.listCount,
      segmentCount: row.segmentCount,
      testAccount: details.testAccount ?? null,
    });
  }
  return found;
}

function accountOf<C extends ConnectionFacts>(own: readonly C[]): C | undefined {
  const chosen = chooseAccount(klaviyoSensor, "klaviyo", own);
  return "account" in chosen ? chosen.account : inOrder(own)[0];
}
