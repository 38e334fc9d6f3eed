import { and, eq, isNull, sql } from "drizzle-orm";
import { tenants, workspaceRequests } from "#db/schema/index.ts";
import type { RequestDecision } from "#db/words/requests.ts";
import { type Ctx, enterTenant, requireStaff, type Tenant } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { invite } from "#server/domain/people/invite.ts";
import { conflict, DomainError, notFound } from "#server/errors.ts";
import { createClient, originOf } from "./create-client.ts";
import type { ApproveRequest, WorkspaceRequestRef } from "./schemas.ts";

const waits = (id: string) => and(eq(workspaceRequests.id, id), isNull(workspaceRequests.decision));
const stillWaits = (id: string) => sql`exists (select 1 from ${workspaceRequests} where ${waits(id)})`;
const hasNoClient = (id: string) => sql`not exists (select 1 from ${tenants} where ${eq(tenants.origin, originOf(id))})`;
const toldOf = (id: string) => ({ tenant: "", kinds: ["workspace_request"], subject: id }) as const;

/** So long after its client was made whoever made it is still at it. */
const underWayMs = 60_000;

/**
 * Makes the client and invites who asked as its owner. The client says of which request it is (`origin`) and the request is decided last,
 * so that one whose approval was cut off waits still, and approving it again finishes it: with the client that was made, whatever id and
 * name are given then. One whose client stands although its owner could not be invited is approved. Throws `not_found`, `conflict` where
 * it waits no more or another admin approves it this minute, and what `createClient` and `invite` throw.
 */
export async function approveRequest(ctx: Ctx, { workspaceRequestId, id, name, plan }: ApproveRequest): Promise<Tenant> {
  requireStaff(ctx);
  const [request] = await ctx.directory.select().from(workspaceRequests).where(waits(workspaceRequestId));
  if (!request) throw await whyNot(ctx, workspaceRequestId);
  const { email, locale } = request;
  const origin = originOf(workspaceRequestId);
  const begun = await madeOf(ctx, origin);
  if (begun && begun.createdAt > ctx.now() - underWayMs) throw conflict("request_waits_no_more");
  try {
    if (begun) await inviteOwner(ctx, begun, email);
    const wish = { id, name, plan, vertical: "shopify", locale, ownerEmail: email, origin } as const;
    const tenant = begun ?? (await createClient(ctx, wish, { provided: stillWaits(workspaceRequestId) }));
    await decide(ctx, workspaceRequestId, "approved", tenant.id);
    return tenant;
  } catch (error) {
    const made = await madeOf(ctx, origin);
    if (!made) throw (await isAnswered(ctx, workspaceRequestId)) ? conflict("request_waits_no_more") : error;
    if (isOfAnother(error)) throw conflict("request_waits_no_more");
    await decide(ctx, workspaceRequestId, "approved", made.id);
    throw error;
  }
}

async function madeOf({ directory }: Ctx, origin: string): Promise<Tenant | undefined> {
  const [made] = await directory.select().from(tenants).where(eq(tenants.origin, origin));
  return made;
}

/** They may have come in meanwhile. */
async function inviteOwner(ctx: Ctx, tenant: Tenant, email: string): Promise<void> {
  try {
    await invite(enterTenant(ctx, tenant, "staff"), { email, role: "owner" });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "already_member")) throw error;
  }
}

/** Whether the client's id is another's, or was; or its origin: another admin was faster. */
const isOfAnother = (error: unknown): boolean => error instanceof DomainError && error.kind === "conflict" && error.field === "id";

/** Says no, of which nobody is mailed. Throws as `approveRequest`, and `conflict` where its client is made already. */
export async function declineRequest(ctx: Ctx, { workspaceRequestId }: WorkspaceRequestRef): Promise<void> {
  requireStaff(ctx);
  await decide(ctx, workspaceRequestId, "declined", null);
}

/**
 * Once: throws as `whyNot` where it waits no more. A client is made of a request that waits alone, and one whose client is made cannot be
 * declined: whoever comes second finds that out in the statement that writes.
 */
async function decide(ctx: Ctx, id: string, decision: RequestDecision, client: string | null): Promise<void> {
  const own = decision === "declined" ? sql`${waits(id)} and ${hasNoClient(id)}` : waits(id);
  const guard = sql`exists (select 1 from ${workspaceRequests} where ${own})`;
  const facts = { request: id, ...(client !== null && { client }) };
  const [decided] = await commitIf(ctx, guard, `workspace_request.${decision}`, facts, [
    ctx.directory
      .update(workspaceRequests)
      .set({ decision, decidedAt: ctx.now(), decidedBy: requireStaff(ctx).userId, ofTenant: client })
      .where(own)
      .returning({ id: workspaceRequests.id }),
  ]);
  if (!wrote(decided)) throw await whyNot(ctx, id);
  await retract(ctx, toldOf(id));
}

async function whyNot(ctx: Ctx, id: string): Promise<DomainError> {
  const [known] = await ctx.directory
    .select({ decision: workspaceRequests.decision })
    .from(workspaceRequests)
    .where(eq(workspaceRequests.id, id));
  if (!known) return notFound("request");
  return conflict(known.decision === null ? "request_client_made" : "request_waits_no_more");
}

async function isAnswered({ directory }: Ctx, id: string): Promise<boolean> {
  return (await directory.$count(workspaceRequests, waits(id))) === 0;
}
