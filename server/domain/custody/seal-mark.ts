import { eq, type SQL, sql } from "drizzle-orm";
import { reveals, secrets } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/**
 * What tells one sealed value from another that took its place: all before the ciphertext, in which a random number stands that no other
 * has. It says nothing of the secret.
 */
export const sealMark = (sealed: string): string => sealed.slice(0, sealed.lastIndexOf(".") + 1);

/** True of a request whose secret is still the one that it was made for. */
export function holdsStill(ctx: TenantCtx): SQL {
  const same = sql`${reveals.sealMark} <> '' and substr(${secrets.sealed}, 1, length(${reveals.sealMark})) = ${reveals.sealMark}`;
  const place = inTenant(ctx, secrets, eq(secrets.connectionId, reveals.connectionId), eq(secrets.field, reveals.field), same);
  return sql`exists (select 1 from ${secrets} where ${place})`;
}
