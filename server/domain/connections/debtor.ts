import { openTenantDb } from "#db/client.ts";
import type { Ctx } from "#server/ctx.ts";
import type { KeyOwner } from "#server/domain/vault/data-keys.ts";

/** Under whose key, in whose D1 and in whose log access is owed back: a tenant's context is one. */
export type Debtor = Ctx & KeyOwner;

/** The agency itself: for a consent whose client is not known yet, and for a client that was erased meanwhile. */
export const agencyDebtor = (ctx: Ctx): Debtor => ({ ...ctx, tenant: { id: "" }, db: openTenantDb(ctx.databases.DB, "") });
