import { and, eq, isNull, lte, type SQL, sql } from "drizzle-orm";
import { type Db, databaseAt, openTenantDb, placesIn } from "#db/client.ts";
import { connections, dataKeys, debts, deletions, loans, tenants } from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { Farewell } from "#db/words/connections.ts";
import type { DeletionReceipt } from "#db/words/custody.ts";
import type { Place } from "#db/words/places.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { headQuery } from "#server/domain/audit/append.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { payDebt } from "#server/domain/tokens/pay-debt.ts";
import { eraseMembers } from "./erase-members.ts";
import { eraseRows } from "./erase-rows.ts";

type DeletionRow = typeof deletions.$inferSelect;
/** One that was claimed: whoever has the row with this lease, and nobody else, works on it. */
type Held = DeletionRow & { leaseUntil: number };

/** Longer than an invocation of a queue may last (15 minutes). */
const leaseMs = 16 * 60_000;

/**
 * Erases a client whose time of grace is over. First its people's way in, then what providers gave, as far as they take it back;
 * then its data key, after which nothing that was ever sealed for it opens, in no backup either; then every row of every table
 * that is a tenant's, its audit log too (the receipt keeps its last hash), and its own row. What was done stands in the
 * receipt and in the agency's log. Each step may be done again: killed anywhere, the first message after the lease goes on. A
 * message that comes while another one is at work does nothing. Pages beyond `maxPages` are left for a further message. Throws
 * what went wrong, so that the queue tries again.
 */
export async function eraseTenant(outer: Ctx, { deletionId, maxPages = 400 }: { deletionId: string; maxPages?: number }): Promise<void> {
  const ctx: Ctx = { ...outer, actor: { type: "system", job: "deletion" } };
  const held = await claim(ctx, deletionId);
  if (!held) return;
  try {
    await erase(ctx, held, maxPages);
  } catch (error) {
    await letGo(ctx, held);
    throw error;
  }
}

/** So that the queue's next try goes on at once. Where another one has it by now, nothing is given back. */
async function letGo(ctx: Ctx, held: Held): Promise<void> {
  try {
    await ctx.directory.update(deletions).set({ leaseUntil: null }).where(mine(held));
  } catch (error) {
    ctx.log.error("the lease of a deletion was not given back; it ends by itself", { deletion: held.id, error });
  }
}

/** The row of what is to be done, from now on beyond cancelling; undefined where it was cancelled, is done, not due, or worked on. */
async function claim(ctx: Ctx, deletionId: string): Promise<Held | undefined> {
  const now = ctx.now();
  const leaseUntil = now + leaseMs;
  const open = and(eq(deletions.id, deletionId), isNull(deletions.cancelledAt), isNull(deletions.doneAt), lte(deletions.dueAt, now));
  const [deletion] = await ctx.directory
    .update(deletions)
    .set({ startedAt: sql`coalesce(${deletions.startedAt}, ${now})`, leaseUntil })
    .where(sql`${open} and (${deletions.leaseUntil} is null or ${deletions.leaseUntil} <= ${now})`)
    .returning();
  return deletion && { ...deletion, leaseUntil };
}

async function erase(ctx: Ctx, held: Held, maxPages: number): Promise<void> {
  const tenantId = held.ofTenant;
  const receipt = await receiptOf(ctx, held);
  receipt.accounts += await eraseMembers(ctx, tenantId);
  await keep(ctx, held, { receipt });
  const [tenant] = await ctx.directory.select().from(tenants).where(eq(tenants.id, tenantId));
  if (held.keyDestroyedAt === null) {
    if (tenant) await giveBackGrants(enterTenant(ctx, tenant, "system"), { held, receipt });
    await destroyKey(ctx, held, { receipt, place: tenant?.place ?? "DB" });
  }
  // What it lent is another client's row, which shall not name it.
  await ctx.directory.delete(loans).where(eq(loans.lenderId, tenantId));
  const left = await eraseEverywhere(ctx, tenantId, maxPages);
  // Nothing new comes in without its own row; what came in while the others went, goes in a second round.
  if (left > 0) await ctx.directory.delete(tenants).where(eq(tenants.id, tenantId));
  const leftAfterAll = left > 0 ? await eraseEverywhere(ctx, tenantId, left) : 0;
  await (leftAfterAll > 0 ? finish(ctx, held, receipt) : goOnLater(ctx, held));
}

/** The lease goes first: the message may arrive before its sending is answered. */
async function goOnLater(ctx: Ctx, held: Held): Promise<void> {
  await keep(ctx, held, { leaseUntil: null, sentAt: ctx.now() });
  await ctx.send.tasks([{ v: 1, type: "deletion", deletion: held.id }]);
}

async function finish(ctx: Ctx, held: Held, { auditHead, accounts, tables }: DeletionReceipt): Promise<void> {
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  const change = { doneAt: ctx.now(), leaseUntil: null };
  await record(ctx, held, { action: "deletion.done", details: { rows, accounts, auditHead }, before: isNull(deletions.doneAt), change });
}

const mine = ({ id, leaseUntil }: Held) => and(eq(deletions.id, id), eq(deletions.leaseUntil, leaseUntil));

/** Who was overtaken must stop: its receipt is older than the one that stands, and what it reads is being erased. */
const overtaken = () => new Error("another message works on this deletion by now");

async function keep(ctx: Ctx, held: Held, change: Partial<DeletionRow>): Promise<void> {
  const kept = await ctx.directory.update(deletions).set(change).where(mine(held)).returning({ id: deletions.id });
  if (kept.length === 0) throw overtaken();
}

/** A step and its line in the agency's log, both once: `before` is what holds until it was done. */
async function record(
  ctx: Ctx,
  held: Held,
  {
    action,
    details,
    before,
    change,
  }: { action: AuditAction; details?: Record<string, unknown>; before: SQL; change: Partial<DeletionRow> },
): Promise<void> {
  const due = and(mine(held), before);
  const guard = sql`exists (select 1 from ${deletions} where ${due})`;
  const [written] = await commitIf(ctx, guard, action, { deletion: held.id, tenant: held.ofTenant, ...details }, [
    ctx.directory.update(deletions).set(change).where(due).returning({ id: deletions.id }),
  ]);
  if (!wrote(written)) throw overtaken();
}

/** Counted once, before the first row goes. */
async function receiptOf(ctx: Ctx, held: Held): Promise<DeletionReceipt> {
  const { ofTenant, receipt } = held;
  if (receipt) return receipt;
  const tables: Record<string, number> = {};
  for (const place of placesIn(ctx.databases))
    for (const table of tenantTables) {
      const rows = await countRows(openTenantDb(databaseAt(ctx.databases, place), ofTenant), table, ofTenant);
      if (rows > 0) tables[table] = (tables[table] ?? 0) + rows;
    }
  const counted: DeletionReceipt = { tables, grants: [], accounts: 0, auditHead: null };
  await record(ctx, held, { action: "deletion.started", before: isNull(deletions.receipt), change: { receipt: counted } });
  return counted;
}

async function countRows(db: Db, table: string, tenantId: string): Promise<number> {
  const [found] = await db.all<{ rows: number }>(sql`select count(*) as rows from ${sql.identifier(table)} where tenant_id = ${tenantId}`);
  return found?.rows ?? 0;
}

/**
 * As far as the providers answer: what they do not take back opens nothing here all the same. After what stands come the debts: of
 * connections that ended before, and of those at which a worker was killed between their end and its payment, which stand no more.
 */
async function giveBackGrants(ctx: TenantCtx, { held, receipt }: { held: Held; receipt: DeletionReceipt }): Promise<void> {
  const standing = await ctx.db
    .select({ id: connections.id, provider: connections.provider, kind: connections.kind })
    .from(connections)
    .where(inTenant(ctx, connections, sql`${connections.status} <> 'disconnected'`));
  for (const { id: connection, provider, kind } of standing) {
    const grant = await grantOf(ctx, { held, receipt }, { connection, provider, kind });
    await told(ctx, { held, receipt }, grant, async () => (await disconnect(ctx, { connectionId: connection })).farewell);
  }
  const owed = await ctx.db.select().from(debts).where(inTenant(ctx, debts));
  for (const debt of owed) {
    if (debt.farewell === "returned" && !receipt.grants.some(({ connection }) => connection === debt.connectionId)) continue;
    const grant = await grantOf(ctx, { held, receipt }, { connection: debt.connectionId, provider: debt.provider, kind: "oauth" });
    if (debt.farewell === null || grant.farewell === null)
      await told(ctx, { held, receipt }, grant, async () => debt.farewell ?? (await payDebt(ctx, debt)));
  }
}

type Grant = DeletionReceipt["grants"][number];

/** Its line in the receipt, there before anybody is asked: killed after that, nobody could say any more what was to be given back. */
async function grantOf(
  ctx: Ctx,
  { held, receipt }: { held: Held; receipt: DeletionReceipt },
  facts: Pick<Grant, "connection" | "provider" | "kind">,
): Promise<Grant> {
  const found = receipt.grants.find(({ connection }) => connection === facts.connection);
  if (found) return found;
  const grant = { ...facts, farewell: null, revoked: false };
  receipt.grants.push(grant);
  await keep(ctx, held, { receipt });
  return grant;
}

async function told(
  ctx: Ctx,
  { held, receipt }: { held: Held; receipt: DeletionReceipt },
  grant: Grant,
  give: () => Promise<Farewell | null>,
): Promise<void> {
  try {
    grant.farewell = (await give()) ?? grant.farewell;
  } catch (error) {
    ctx.log.error("access of a client that ends was not given back", { connection: grant.connection, error });
    grant.farewell = "unreached";
  }
  grant.revoked = grant.farewell === "returned";
  await keep(ctx, held, { receipt });
}

/** From here on nothing of the vault opens again. */
async function destroyKey(ctx: Ctx, held: Held, { receipt, place }: { receipt: DeletionReceipt; place: Place }): Promise<void> {
  const { ofTenant } = held;
  const db = openTenantDb(databaseAt(ctx.databases, place), ofTenant);
  // Its log ends here.
  const [head] = await headQuery(db, ofTenant);
  if (head)
    Object.assign(receipt, { auditHead: head, tables: { ...receipt.tables, audit_log: await countRows(db, "audit_log", ofTenant) } });
  for (const each of placesIn(ctx.databases))
    await openTenantDb(databaseAt(ctx.databases, each), ofTenant).delete(dataKeys).where(eq(dataKeys.tenantId, ofTenant));
  const change = { keyDestroyedAt: ctx.now(), receipt };
  await record(ctx, held, { action: "deletion.key_destroyed", before: isNull(deletions.keyDestroyedAt), change });
}

/** Also where its rows were before. Answers how many pages of the budget are left: 0 where there may be more to erase. */
async function eraseEverywhere(ctx: Ctx, tenantId: string, pages: number): Promise<number> {
  let left = pages;
  for (const place of placesIn(ctx.databases)) left = await eraseRows(ctx, { place, tenantId, pages: left });
  return left;
}
