import { and, asc, count, eq, gt, ne, or } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { dataKeys } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, requireAgency } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { conflict } from "#server/errors.ts";
import type { DataKeyRow } from "./data-keys.ts";
import { type KeyPlace, unwrap, VaultError, wrap } from "./envelope.ts";
import { currentRootKeyId, findRootKey } from "./root-keys.ts";

/** How many data keys there are, and how many of them the current root key wraps. */
export interface Coverage {
  total: number;
  current: number;
}

/**
 * Wraps every tenant's data key anew under the current root key; no secret is touched. It works page by page and each page
 * stands by itself: stopped half-way (or by `maxPages`), the next call goes on with what is left. An old root key may leave
 * VAULT_KEYS once `current` equals `total`. What was done stands in the audit log. Throws `conflict` where a data key does not
 * unwrap, and says which root key it wants; the pages before it stand.
 */
export async function rotateRootKey(
  ctx: Ctx,
  { pageSize = 100, maxPages = Number.POSITIVE_INFINITY }: { pageSize?: number; maxPages?: number } = {},
): Promise<Coverage> {
  requireAgency(ctx);
  let pages = 0;
  for (const { db } of acrossTenants(ctx)) {
    let last: DataKeyRow | undefined;
    while (pages < maxPages) {
      const page = await readPage(ctx, db, { after: last, pageSize });
      if (page.length === 0) break;
      await rewrap(ctx, db, page);
      last = page.at(-1);
      pages += 1;
    }
  }
  const coverage = await rootKeyCoverage(ctx);
  if (pages > 0) await commit(ctx, "root_key.rotated", { rootKeyId: currentRootKeyId(ctx.config), ...coverage }, []);
  return coverage;
}

/** How far the rotation has come. */
export async function rootKeyCoverage(ctx: Ctx): Promise<Coverage> {
  const id = currentRootKeyId(ctx.config);
  const coverage = { total: 0, current: 0 };
  for (const { db } of acrossTenants(ctx)) {
    for (const row of await db.select({ id: dataKeys.rootKeyId, keys: count() }).from(dataKeys).groupBy(dataKeys.rootKeyId)) {
      coverage.total += row.keys;
      if (row.id === id) coverage.current += row.keys;
    }
  }
  return coverage;
}

function readPage(ctx: Ctx, db: Db, { after, pageSize }: { after: DataKeyRow | undefined; pageSize: number }): Promise<DataKeyRow[]> {
  const later =
    after && or(gt(dataKeys.tenantId, after.tenantId), and(eq(dataKeys.tenantId, after.tenantId), gt(dataKeys.version, after.version)));
  return db
    .select()
    .from(dataKeys)
    .where(and(ne(dataKeys.rootKeyId, currentRootKeyId(ctx.config)), later))
    .orderBy(asc(dataKeys.tenantId), asc(dataKeys.version))
    .limit(pageSize);
}

async function rewrap(ctx: Ctx, db: Db, page: readonly DataKeyRow[]): Promise<void> {
  const current = await findRootKey(ctx.config, currentRootKeyId(ctx.config));
  const rewrapped = await Promise.all(
    page.map(async (row) => {
      const place = { tenant: row.tenantId, version: row.version, rootKeyId: row.rootKeyId };
      const dataKey = await unwrapped(ctx, row, place);
      return { row, wrapped: await wrap(current.key, { place: { ...place, rootKeyId: current.id }, dataKey }) };
    }),
  );
  const [first, ...rest] = rewrapped.map(({ row, wrapped }) =>
    db
      .update(dataKeys)
      .set({ rootKeyId: current.id, wrapped })
      .where(and(eq(dataKeys.tenantId, row.tenantId), eq(dataKeys.version, row.version), eq(dataKeys.rootKeyId, row.rootKeyId))),
  );
  if (first) await db.batch([first, ...rest]);
}

async function unwrapped(ctx: Ctx, { rootKeyId, tenantId, wrapped }: DataKeyRow, place: KeyPlace): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await unwrap((await findRootKey(ctx.config, rootKeyId)).key, { place, wrapped });
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    ctx.log.error("a data key is not rewrapped: it does not open", { tenant: tenantId, rootKeyId, error });
    const isKnown = ctx.config.VAULT_KEYS.some(([id]) => id === rootKeyId);
    if (!isKnown) throw conflict("root_key_missing", { rootKey: rootKeyId });
    if (tenantId === "") throw conflict("root_key_wrong_for_agency", { rootKey: rootKeyId });
    throw conflict("root_key_wrong", { client: tenantId, rootKey: rootKeyId });
  }
}
