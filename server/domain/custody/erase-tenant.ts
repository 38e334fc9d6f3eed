import { and, eq, isNull, lte, sql } from "drizzle-orm";
import { type Db, openTenantDb, placeOf } from "#db/client.ts";
import { connections, dataKeys, deletions, tenants } from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { headQuery } from "#server/domain/audit/append.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { disconnect } from "#server/domain/connections/disconnect.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { eraseMembers } from "./erase-members.ts";
import { eraseRows } from "./erase-rows.ts";
import type { DeletionReceipt } from "./schemas.ts";

type DeletionRow = typeof deletions.$inferSelect;

/**
 * Erases a client whose time of grace is over. First its people's way in, then what providers gave, as far as they take it back;
 * then its data key, after which nothing that was ever sealed for it opens, in no backup either; then every row of every table
 * that is a tenant's, its audit log too (the receipt keeps its last hash), and its own row. What was done stands in the
 * receipt and in the agency's log. Each step may be done again: killed anywhere, the next message goes on. Pages beyond
 * `maxPages` are left for a further message.
 */
export async function eraseTenant(outer: Ctx, { deletionId, maxPages = 400 }: { deletionId: string; maxPages?: number }): Promise<void> {
  const ctx: Ctx = { ...outer, actor: { type: "system", job: "deletion" } };
  const deletion = await begin(ctx, deletionId);
  if (!deletion) return;
  const tenantId = deletion.ofTenant;
  const receipt = await receiptOf(ctx, deletion);
  receipt.accounts += await eraseMembers(ctx, tenantId);
  await keep(ctx, deletionId, { receipt });
  const [tenant] = await ctx.directory.select().from(tenants).where(eq(tenants.id, tenantId));
  if (deletion.keyDestroyedAt === null) {
    if (tenant) await giveBackGrants(enterTenant(ctx, tenant, "system"), { deletionId, receipt });
    await destroyKey(ctx, deletion, receipt);
  }
  const left = await eraseEverywhere(ctx, tenantId, maxPages);
  // Nothing new comes in without its own row; what came in while the others went, goes in a second round.
  if (left > 0) await ctx.directory.delete(tenants).where(eq(tenants.id, tenantId));
  const leftAfterAll = left > 0 ? await eraseEverywhere(ctx, tenantId, left) : 0;
  if (leftAfterAll === 0) {
    await ctx.send.tasks([{ v: 1, type: "deletion", deletion: deletionId }]);
    return;
  }
  const { auditHead, accounts, tables } = receipt;
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  await commit(ctx, "deletion.done", { deletion: deletionId, tenant: tenantId, rows, accounts, auditHead }, [
    ctx.directory
      .update(deletions)
      .set({ doneAt: ctx.now() })
      .where(and(eq(deletions.id, deletionId), isNull(deletions.doneAt))),
  ]);
}

/** The row of what is to be done, from now on beyond cancelling; undefined where it was cancelled, is done or not due. */
async function begin(ctx: Ctx, deletionId: string): Promise<DeletionRow | undefined> {
  const now = ctx.now();
  const [deletion] = await ctx.directory
    .update(deletions)
    .set({ startedAt: sql`coalesce(${deletions.startedAt}, ${now})` })
    .where(and(eq(deletions.id, deletionId), isNull(deletions.cancelledAt), isNull(deletions.doneAt), lte(deletions.dueAt, now)))
    .returning();
  return deletion;
}

const keep = (ctx: Ctx, deletionId: string, change: Partial<DeletionRow>) =>
  ctx.directory.update(deletions).set(change).where(eq(deletions.id, deletionId));

/** Counted once, before the first row goes. */
async function receiptOf(ctx: Ctx, { id, ofTenant, receipt }: DeletionRow): Promise<DeletionReceipt> {
  if (receipt) return receipt;
  const tables: Record<string, number> = {};
  for (const place of placesOf(ofTenant))
    for (const table of tenantTables) {
      const rows = await countRows(openTenantDb(ctx.databases[place], ofTenant), table, ofTenant);
      if (rows > 0) tables[table] = (tables[table] ?? 0) + rows;
    }
  const counted: DeletionReceipt = { tables, grants: [], accounts: 0, auditHead: null };
  await commit(ctx, "deletion.started", { deletion: id, tenant: ofTenant }, [
    ctx.directory
      .update(deletions)
      .set({ receipt: counted })
      .where(and(eq(deletions.id, id), isNull(deletions.receipt))),
  ]);
  return counted;
}

async function countRows(db: Db, table: string, tenantId: string): Promise<number> {
  const [found] = await db.all<{ rows: number }>(sql`select count(*) as rows from ${sql.identifier(table)} where tenant_id = ${tenantId}`);
  return found?.rows ?? 0;
}

/** As far as the providers answer: what they do not take back opens nothing here all the same. */
async function giveBackGrants(ctx: TenantCtx, { deletionId, receipt }: { deletionId: string; receipt: DeletionReceipt }): Promise<void> {
  const held = await ctx.db
    .select({ id: connections.id, provider: connections.provider, kind: connections.kind })
    .from(connections)
    .where(inTenant(ctx, connections, sql`${connections.status} <> 'disconnected'`));
  for (const { id, provider, kind } of held) {
    let revoked = false;
    try {
      ({ revoked } = await disconnect(ctx, { connectionId: id }));
    } catch (error) {
      ctx.log.error("a connection of a client that ends was not given back", { connection: id, error });
    }
    receipt.grants.push({ provider, kind, revoked });
    await keep(ctx, deletionId, { receipt });
  }
}

/** From here on nothing of the vault opens again. */
async function destroyKey(ctx: Ctx, { id, ofTenant }: DeletionRow, receipt: DeletionReceipt): Promise<void> {
  const db = openTenantDb(ctx.databases[placeOf(ofTenant)], ofTenant);
  // Its log ends here.
  const [head] = await headQuery(db, ofTenant);
  if (head)
    Object.assign(receipt, { auditHead: head, tables: { ...receipt.tables, audit_log: await countRows(db, "audit_log", ofTenant) } });
  await db.delete(dataKeys).where(eq(dataKeys.tenantId, ofTenant));
  await commit(ctx, "deletion.key_destroyed", { deletion: id, tenant: ofTenant }, [
    ctx.directory.update(deletions).set({ keyDestroyedAt: ctx.now(), receipt }).where(eq(deletions.id, id)),
  ]);
}

const placesOf = (tenantId: string) => new Set([placeOf(tenantId), "DB" as const]);

/** Answers how many pages of the budget are left: 0 where there may be more to erase. */
async function eraseEverywhere(ctx: Ctx, tenantId: string, pages: number): Promise<number> {
  let left = pages;
  for (const place of placesOf(tenantId)) left = await eraseRows(ctx, { place, tenantId, pages: left });
  return left;
}
