import { and, eq, isNull, sql } from "drizzle-orm";
import { workspaceRequests } from "#db/schema/index.ts";
import { type Ctx, requireStaff, type Tenant } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { conflict, notFound } from "#server/errors.ts";
import { createClient } from "./create-client.ts";
import type { ApproveRequest, WorkspaceRequestRef } from "./schemas.ts";

const waits = (id: string) => and(eq(workspaceRequests.id, id), isNull(workspaceRequests.decision));
const toldOf = (id: string) => ({ tenant: "", kinds: ["workspace_request"], subject: id }) as const;

/**
 * Makes the client and invites who asked as its owner. Taken by one admin alone: where the client cannot be made (its id is taken) the
 * request waits again. Throws `not_found`, and `conflict` where it waits no more.
 */
export async function approveRequest(ctx: Ctx, { workspaceRequestId, id, name, plan }: ApproveRequest): Promise<Tenant> {
  const { userId } = requireStaff(ctx);
  const { directory } = ctx;
  const [request] = await directory
    .update(workspaceRequests)
    .set({ decision: "approved", decidedAt: ctx.now(), decidedBy: userId, ofTenant: id })
    .where(waits(workspaceRequestId))
    .returning();
  if (!request) throw await whyNot(ctx, workspaceRequestId);
  const { email, locale } = request;
  const tenant = await createClient(ctx, { id, name, plan, vertical: "shopify", locale, ownerEmail: email }).catch(
    async (error: unknown) => {
      await directory
        .update(workspaceRequests)
        .set({ decision: null, decidedAt: null, decidedBy: null, ofTenant: null })
        .where(eq(workspaceRequests.id, workspaceRequestId));
      throw error;
    },
  );
  await commit(ctx, "workspace_request.approved", { request: workspaceRequestId, client: tenant.id }, []);
  await retract(ctx, toldOf(workspaceRequestId));
  return tenant;
}

/** Says no, of which nobody is mailed. Throws as `approveRequest`. */
export async function declineRequest(ctx: Ctx, { workspaceRequestId }: WorkspaceRequestRef): Promise<void> {
  const { userId } = requireStaff(ctx);
  const own = waits(workspaceRequestId);
  const guard = sql`exists (select 1 from ${workspaceRequests} where ${own})`;
  const [declined] = await commitIf(ctx, guard, "workspace_request.declined", { request: workspaceRequestId }, [
    ctx.directory
      .update(workspaceRequests)
      .set({ decision: "declined", decidedAt: ctx.now(), decidedBy: userId })
      .where(own)
      .returning({ id: workspaceRequests.id }),
  ]);
  if (!wrote(declined)) throw await whyNot(ctx, workspaceRequestId);
  await retract(ctx, toldOf(workspaceRequestId));
}

async function whyNot({ directory }: Ctx, id: string) {
  const [known] = await directory.select({ id: workspaceRequests.id }).from(workspaceRequests).where(eq(workspaceRequests.id, id));
  return known ? conflict("request_waits_no_more") : notFound("request");
}
