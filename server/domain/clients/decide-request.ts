import { and, eq, exists, gte, isNull, sql } from "drizzle-orm";
import { tenants, workspaceRequests } from "#db/schema/index.ts";
import { type Ctx, requireStaff, type Tenant } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { conflict, DomainError, notFound } from "#server/errors.ts";
import { createClient } from "./create-client.ts";
import type { ApproveRequest, WorkspaceRequestRef } from "./schemas.ts";

const waits = (id: string) => and(eq(workspaceRequests.id, id), isNull(workspaceRequests.decision));
const toldOf = (id: string) => ({ tenant: "", kinds: ["workspace_request"], subject: id }) as const;

/**
 * Makes the client and invites who asked as its owner. Taken by one admin alone: where the client cannot be made (its id is taken) the
 * request waits again; one whose client stands although what comes after it failed is approved. Throws `not_found`, `conflict` where it
 * waits no more, and what `createClient` throws.
 */
export async function approveRequest(ctx: Ctx, { workspaceRequestId, id, name, plan }: ApproveRequest): Promise<Tenant> {
  const { userId } = requireStaff(ctx);
  const now = ctx.now();
  const [request] = await ctx.directory
    .update(workspaceRequests)
    .set({ decision: "approved", decidedAt: now, decidedBy: userId, ofTenant: id })
    .where(waits(workspaceRequestId))
    .returning();
  if (!request) throw await whyNot(ctx, workspaceRequestId);
  const { email, locale } = request;
  const tenant = await createClient(ctx, { id, name, plan, vertical: "shopify", locale, ownerEmail: email }).catch(
    async (error: unknown) => {
      if (isOfAnother(error) || !(await isMade(ctx, { id, since: now }))) await waitAgain(ctx, request);
      else await noteApproval(ctx, { request: workspaceRequestId, client: id });
      throw error;
    },
  );
  await noteApproval(ctx, { request: workspaceRequestId, client: id });
  return tenant;
}

async function noteApproval(ctx: Ctx, of: { request: string; client: string }): Promise<void> {
  await commit(ctx, "workspace_request.approved", of, []);
  await retract(ctx, toldOf(of.request));
}

/** Whether the client's id is another's, or was. */
const isOfAnother = (error: unknown): boolean => error instanceof DomainError && error.kind === "conflict" && error.field === "id";

async function isMade({ directory }: Ctx, { id, since }: { id: string; since: number }): Promise<boolean> {
  const made = await directory.$count(tenants, and(eq(tenants.id, id), gte(tenants.createdAt, since)));
  return made > 0;
}

/** Where the address asked again meanwhile, that request waits in its place. */
async function waitAgain({ directory }: Ctx, { id, email }: { id: string; email: string }): Promise<void> {
  const again = directory
    .select({ id: workspaceRequests.id })
    .from(workspaceRequests)
    .where(and(eq(workspaceRequests.email, email), isNull(workspaceRequests.decision)));
  await directory.batch([
    directory.delete(workspaceRequests).where(and(eq(workspaceRequests.id, id), exists(again))),
    directory
      .update(workspaceRequests)
      .set({ decision: null, decidedAt: null, decidedBy: null, ofTenant: null })
      .where(eq(workspaceRequests.id, id)),
  ]);
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
