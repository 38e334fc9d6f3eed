import { eq, sql } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { requireUser, type TenantCtx } from "#server/ctx.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { DismissHint } from "./schemas.ts";

/** The person who asks is not told this again in this client. Nobody else's pages change, so that no log says it. */
export async function dismissHint(ctx: TenantCtx, { hint }: DismissHint): Promise<void> {
  const { userId } = requireUser(ctx);
  const isNew = sql`not exists (select 1 from json_each(${memberships.dismissed}) where value = ${hint})`;
  await atDirectory(ctx)
    .db.update(memberships)
    .set({ dismissed: sql`json_insert(${memberships.dismissed}, '$[#]', ${hint})` })
    .where(inTenant(ctx, memberships, eq(memberships.userId, userId), isNew));
}
