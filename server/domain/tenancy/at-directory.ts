import { openTenantDb } from "#db/client.ts";
import type { TenantCtx } from "#server/ctx.ts";

/**
 * The same tenant's context over the directory: memberships and invitations say who may come in, and are read before it
 * is known which D1 holds the tenant's other rows. Their queries are guarded like any other of the tenant.
 */
export const atDirectory = (ctx: TenantCtx): TenantCtx => ({ ...ctx, db: openTenantDb(ctx.databases.DB, ctx.tenant.id) });
