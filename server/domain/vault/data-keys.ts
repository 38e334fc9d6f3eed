import { desc, type InferSelectModel } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { dataKeys } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Config } from "#server/env.ts";
import { importKey, unwrap, VaultError, wrap } from "./envelope.ts";
import { currentRootKeyId, findRootKey } from "./root-keys.ts";

export type DataKeyRow = InferSelectModel<typeof dataKeys>;

/** Whose data key it is: a tenant in its own D1, or "", the agency itself. */
export type KeyOwner = Pick<TenantCtx, "config" | "db" | "log" | "now"> & { tenant: { id: string } };

export interface DataKey {
  version: number;
  key: CryptoKey;
}

/** The data key that this row holds. Throws `VaultError` where the row was moved or its root key is gone. */
export async function openDataKey(config: Config, row: DataKeyRow): Promise<DataKey> {
  const root = await findRootKey(config, row.rootKeyId);
  const place = { tenant: row.tenantId, version: row.version, rootKeyId: row.rootKeyId };
  return { version: row.version, key: await importKey(await unwrap(root.key, { place, wrapped: row.wrapped })) };
}

/** The data key that seals this tenant's secrets from now on: the newest, or its first, made here. */
export async function currentDataKey(ctx: KeyOwner): Promise<DataKey> {
  const row = (await newest(ctx)) ?? (await makeFirst(ctx));
  return openDataKey(ctx.config, row);
}

const newest = async (ctx: KeyOwner): Promise<DataKeyRow | undefined> =>
  (await ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys)).orderBy(desc(dataKeys.version)).limit(1))[0];

/** Two that make it at once: the first one's stays and both read that one, so nothing is sealed under a key that is lost. */
async function makeFirst(ctx: KeyOwner): Promise<DataKeyRow> {
  const place = { tenant: ctx.tenant.id, version: 1, rootKeyId: currentRootKeyId(ctx.config) };
  const root = await findRootKey(ctx.config, place.rootKeyId);
  const wrapped = await wrap(root.key, { place, dataKey: crypto.getRandomValues(new Uint8Array(32)) });
  const first = { tenantId: place.tenant, version: place.version, rootKeyId: place.rootKeyId, wrapped, createdAt: ctx.now() };
  await tryAgain(async () => ctx.db.insert(dataKeys).values(first).onConflictDoNothing());
  const row = await newest(ctx);
  if (!row) throw new VaultError("the tenant's data key was not kept", { closedBy: "key" });
  return row;
}
