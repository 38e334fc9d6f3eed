import { and, eq, inArray, isNull } from "drizzle-orm";
import { batchOf } from "#db/client.ts";
import { loans, tenants } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { ConnectionFacts } from "#server/domain/connections/choose-account.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { type ClientFacts, scheduleStatements } from "./schedule-statements.ts";

const maxWrites = 5;

/**
 * Makes a client's schedules what they should be, given its facts as they are now. Whoever wrote them along with a change says from
 * which connections (`written`, with those that are lent): then they are written anew only where those, or the client itself, are others by now, as after a
 * wait for a provider; and hands over the list of its own, where it reads that for something else too (`listed`). They are looked at once more after each writing, since whoever changed a fact meanwhile may have written
 * better ones before these. Where the facts change as often as they are written, the next tick goes on (see alignSchedules).
 */
export async function alignJobs(
  ctx: TenantCtx,
  { written, listed = listConnections(ctx) }: { written?: readonly ConnectionFacts[]; listed?: Promise<ConnectionFacts[]> } = {},
): Promise<void> {
  if (ctx.tenant.vertical === "agency") await alignBorrowers(ctx);
  let seen = written && factsIn({ tenant: ctx.tenant, connections: written });
  for (let writes = 0; writes <= maxWrites; writes++) {
    const now = await factsOf(ctx, writes === 0 ? listed : listConnections(ctx));
    // It was erased meanwhile, and its schedules with it.
    if (!now || factsIn(now) === seen) return;
    await batchOf(ctx.db, scheduleStatements({ ...ctx, tenant: now.tenant }, now));
    seen = factsIn(now);
  }
  ctx.log.warn("what a client's schedules follow from changed as often as they were written", { writes: maxWrites });
  await alignByTick(ctx);
}

/** Lets the next tick align a client's schedules: for who may die between a change and its writing of them. */
export async function alignByTick({ directory, tenant }: TenantCtx): Promise<void> {
  await directory.update(tenants).set({ catalog: "" }).where(eq(tenants.id, tenant.id));
}

/** What changed of an account that is lent changes the borrowers' schedules too. */
async function alignBorrowers({ directory, tenant }: TenantCtx): Promise<void> {
  const borrowers = directory
    .select({ id: loans.tenantId })
    .from(loans)
    .where(and(eq(loans.lenderId, tenant.id), isNull(loans.endedAt)));
  await directory.update(tenants).set({ catalog: "" }).where(inArray(tenants.id, borrowers));
}

async function factsOf(ctx: TenantCtx, listed: Promise<ConnectionFacts[]>): Promise<ClientFacts | null> {
  const [[tenant], own] = await Promise.all([ctx.directory.select().from(tenants).where(eq(tenants.id, ctx.tenant.id)), listed]);
  return tenant ? { tenant, connections: [...own, ...(await listLent({ ...ctx, tenant }))] } : null;
}

/** Facts as one text, to compare. */
export const factsIn = ({ tenant: { status, plan, features, automations, endsAt, timezone }, connections }: ClientFacts): string =>
  JSON.stringify([
    [status, plan, features, automations, endsAt, timezone],
    [...connections]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((each) => [each.id, each.provider, each.externalId, each.kind, each.status, each.scopesGranted, each.chosen, each.preferredAt]),
  ]);
