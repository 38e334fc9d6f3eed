import { type Ctx, requireUser, type TenantCtx } from "#server/ctx.ts";
import { checkLimit, countTry, type Limit, takeFromLimit } from "./take.ts";

/** Far above what a person clicks, and what a script of theirs needs; far below what holds others up. */
const perPerson = { max: 120, windowS: 60 };
const perTenant = { max: 600, windowS: 60 };

/**
 * Counts one change that a person asks for, under the person and under the tenant that it is in. Every door that changes something
 * for a person who is signed in goes through here. Throws `rate_limited`, with the seconds to wait.
 */
export async function takeChange(ctx: Ctx | TenantCtx): Promise<void> {
  const person: Limit = { key: `change:person:${requireUser(ctx).userId}`, ...perPerson };
  if (!("tenant" in ctx)) return takeFromLimit(ctx, person);
  const tenant: Limit = { key: `change:tenant:${ctx.tenant.id}`, ...perTenant };
  const [[own], [all]] = await ctx.directory.batch([countTry(ctx, person), countTry(ctx, tenant)]);
  await checkLimit(ctx, person, own);
  await checkLimit(ctx, tenant, all);
}
