import { type Ctx, requireUser, type TenantCtx } from "#server/ctx.ts";
import { limitOf } from "./limits.ts";
import { checkLimit, countTry, takeFromLimit } from "./take.ts";

/**
 * Counts one change that a person asks for, under the person and under the tenant that it is in. Every door that changes something
 * for a person who is signed in goes through here. Throws `rate_limited`, with the seconds to wait.
 */
export async function takeChange(ctx: Ctx | TenantCtx): Promise<void> {
  const person = limitOf("change:person", requireUser(ctx).userId);
  if (!("tenant" in ctx)) return takeFromLimit(ctx, person);
  const tenant = limitOf("change:tenant", ctx.tenant.id);
  const [[own], [all]] = await ctx.directory.batch([countTry(ctx, person), countTry(ctx, tenant)]);
  await checkLimit(ctx, person, own);
  await checkLimit(ctx, tenant, all);
}
