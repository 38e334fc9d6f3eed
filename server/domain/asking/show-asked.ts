import { and, eq, lte, sql } from "drizzle-orm";
import { actions, approvalPosts } from "#db/schema/index.ts";
import { findMessage } from "#server/catalog/actions/slack-message.ts";
import { updateMessage } from "#server/catalog/actions/slack-posts.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import type { ActionMessage } from "#server/messages.ts";
import { dropPost, postLeaseMs, setPost } from "./ask-in-channel.ts";
import { type Asking, keyOf, type PostRow } from "./asking.ts";
import { drawGone, drawPost, phaseOf, shownOf } from "./draw-post.ts";
import { knowsPeople } from "./find-channel.ts";

/** So often a message is tried to be changed; then it stays as it is. */
const maxTries = 10;

/** Lets the post of one action say how it stands, whoever decided and wherever. What does not go well is tried again by the cron. */
export async function showAsked(ctx: Ctx, asking: Asking, message: Extract<ActionMessage, { type: "action.show" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (tenant) await showPost(enterTenant(ctx, tenant, "system"), asking, message.action);
}

/** The same inside a client. One worker at a time: what another one overlooked differs from `shown`, and the cron finds it. */
export async function showPost(ctx: TenantCtx, asking: Asking, actionId: string): Promise<void> {
  const now = ctx.now();
  const [post] = await ctx.db
    .update(approvalPosts)
    .set({ checkAt: now + postLeaseMs, attempt: sql`${approvalPosts.attempt} + 1` })
    .where(inTenant(ctx, approvalPosts, and(eq(approvalPosts.actionId, actionId), lte(approvalPosts.checkAt, now))))
    .returning();
  if (!post) return;
  const held = await ifFound(holdConnection(ctx, post.connectionId));
  if (!held || held.connection.status === "disconnected" || post.attempt > maxTries)
    return void (await setPost(ctx, actionId, { checkAt: null }));
  try {
    const message = post.message ?? (await lookUp(ctx, held, post));
    if (message !== null) await update(ctx, asking, { held, post, message });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("a post was not changed", { action: actionId, kind: error.kind, error });
    await setPost(ctx, actionId, { checkAt: now + Math.max((error.retryAfterS ?? 0) * 1000, 60_000 * 2 ** Math.min(post.attempt, 6)) });
  }
}

/** What became of a post whose reply was lost; null where it is not there, or nobody can say. It is posted again only where it is not there. */
async function lookUp(ctx: TenantCtx, held: HeldConnection, { actionId, automation, begunAt, channel }: PostRow): Promise<string | null> {
  const found = await findMessage({ account: openAccount(ctx, held), key: keyOf(actionId), triedAt: begunAt }, { channel });
  if (typeof found === "object" && "id" in found && found.id !== null) {
    await setPost(ctx, actionId, { message: found.id });
    return found.id;
  }
  if (found === "absent") {
    await dropPost(ctx, actionId);
    await ctx.send.actions([{ v: 1, type: "action.ask", tenant: ctx.tenant.id, automation }]);
    return null;
  }
  ctx.log.warn("whether something was posted cannot be known", { action: actionId });
  await setPost(ctx, actionId, { checkAt: null });
  return null;
}

async function update(
  ctx: TenantCtx,
  asking: Asking,
  { held, post, message }: { held: HeldConnection; post: PostRow; message: string },
): Promise<void> {
  const { actionId, channel } = post;
  const [action] = await ctx.db
    .select()
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, actionId)));
  const shown = action ? shownOf(action) : "gone";
  const isOpen = action !== undefined && ["waiting", "approved"].includes(phaseOf(action.status));
  const settled = { shown, attempt: 0, checkAt: isOpen ? ctx.now() : null };
  if (shown === post.shown) return void (await setPost(ctx, actionId, settled));
  const drawn = action ? await drawPost(ctx, asking, { action, buttons: knowsPeople(held.connection) }) : drawGone(ctx, post.automation);
  const outcome = await updateMessage(openWriter(ctx, held), { channel, message, post: drawn });
  switch (outcome.outcome) {
    case "done":
      return void (await setPost(ctx, actionId, settled));
    case "refused":
      // A message or a channel that is gone, or one that is ours no more.
      if (outcome.failure.kind === "rejected") return void (await setPost(ctx, actionId, { checkAt: null }));
      throw new ProviderError(held.connection.provider, outcome.failure.kind, outcome.failure.message, outcome.failure);
    case "not_sent":
      throw new ProviderError(held.connection.provider, outcome.failure.kind, outcome.failure.message, outcome.failure);
    case "limited":
      throw new ProviderError(held.connection.provider, "rate_limited", "rate limit", outcome);
    case "ambiguous":
      throw new ProviderError(held.connection.provider, "unavailable", outcome.reason);
    default:
      return outcome satisfies never;
  }
}
