import { and, eq, isNull, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { workspaceRequests } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { notFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import type { RequestWorkspace } from "./schemas.ts";

/** Whether anybody may ask for a workspace here. */
export const signUpIsOpen = ({ config }: Pick<Ctx, "config">): boolean => config.SIGN_UP === "by_approval";

/**
 * Asks the agency for a workspace. It does the same whether the address has an account or asked before: who asks learns nothing of
 * either. One request waits for each address. Throws `not_found` where nobody may ask, and `rate_limited`.
 */
export async function requestWorkspace(ctx: Ctx, { email, company, locale }: RequestWorkspace): Promise<void> {
  if (!signUpIsOpen(ctx)) throw notFound("address");
  await takeFromLimit(ctx, limitOf("sign-up:network", networkOf(ctx.request.ip)));
  await takeFromLimit(ctx, limitOf("sign-up"));
  const now = ctx.now();
  const own = and(eq(workspaceRequests.email, email), isNull(workspaceRequests.decision));
  const isFirst = sql`not exists (select 1 from ${workspaceRequests} where ${own})`;
  const row = { id: newId("wrq", now), email, company, locale, createdAt: now };
  // What the log says is never forgotten: not from where somebody asked.
  const nowhere = { ...ctx, request: { ...ctx.request, ip: null } };
  await commitIf(nowhere, isFirst, "workspace.requested", { request: row.id }, [
    ctx.directory.insert(workspaceRequests).select(rowIf(workspaceRequests, row, isFirst)),
  ]);
  const [waiting] = await ctx.directory.select({ id: workspaceRequests.id }).from(workspaceRequests).where(own);
  if (waiting) await notify(ctx, { mail: { v: 1, type: "mail.workspace_request", request: waiting.id }, event: "requested" });
}
