import { eq } from "drizzle-orm";
import { dataKeys } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { type DataKey, openDataKey } from "#server/domain/vault/data-keys.ts";
import { open, seal, VaultError, versionOf } from "#server/domain/vault/envelope.ts";

const field = "webhook";

/**
 * What may be in a sealed event, as a number that rises whenever less is kept than before: the sweep destroys what was sealed in an
 * older form. 1: of an order's refunds nothing but that there are any.
 */
export const keptForm = 1;

/** What an event said, sealed for its delivery under the tenant's data key: it opens in no other row. */
export const sealPayload = (ctx: TenantCtx, { key, version }: DataKey, { delivery, payload }: { delivery: string; payload: unknown }) =>
  seal(key, { place: { tenant: ctx.tenant.id, connection: delivery, field }, version, secret: JSON.stringify(payload) });

/** Throws `VaultError` where the data key is gone or the row was moved. */
export async function openPayload(ctx: TenantCtx, { delivery, sealed }: { delivery: string; sealed: string }): Promise<unknown> {
  const version = versionOf(sealed);
  const [row] = await ctx.db
    .select()
    .from(dataKeys)
    .where(inTenant(ctx, dataKeys, eq(dataKeys.version, version)));
  if (!row) throw new VaultError(`the tenant has no data key of version ${version}`);
  const { key } = await openDataKey(ctx.config, row);
  return JSON.parse(await open(key, { place: { tenant: ctx.tenant.id, connection: delivery, field }, sealed }));
}
