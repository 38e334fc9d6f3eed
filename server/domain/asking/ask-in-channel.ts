import { and, count, desc, eq, gt, sql } from "drizzle-orm";
import { actions, approvalPosts, connections } from "#db/schema/index.ts";
import { type Post, postMessage } from "#server/catalog/actions/slack-posts.ts";
import { dayOf } from "#server/catalog/days.ts";
import { approvalsChannel } from "#server/catalog/providers/slack.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import type { ActionMessage } from "#server/messages.ts";
import { type ActionRow, type Asking, keyOf, type PostRow } from "./asking.ts";
import { drawMore, drawPost, shownOf } from "./draw-post.ts";
import { type Channel, findChannel, knowsPeople } from "./find-channel.ts";

/** So many are posted at once; one message says how many more there are. */
const postsAtOnce = 10;
/** What a post writes leaves us within this time or never. */
const tryMs = 60_000;
/** Longer than that, and than Slack takes to show a message: whoever finds a post begun this long ago may believe that it is not there. */
export const postLeaseMs = 120_000;
/** Slack says how long a channel is full; where it does not, this long. */
const limitedS = 30;

/**
 * Posts what an automation's waiting actions would do in the channel that the client chose, each once, and what is too much for a channel as
 * one message with a link. Where the provider limits us, the rest is told to the queue for later. Throws what the queue shall try again.
 */
export async function askInChannel(ctx: Ctx, asking: Asking, message: Extract<ActionMessage, { type: "action.ask" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant || isStopped(tenant)) return;
  const inside = enterTenant(ctx, tenant, "system");
  const at = await findChannel(inside);
  if (!at) return;
  const { automation } = message;
  const { found, more, moreId } = await listUnposted(inside, automation);
  if (found.length === 0) return;
  const held = await holdConnection(inside, at.connection.id);
  for (const action of found) {
    const post = await drawPost(inside, asking, { action, buttons: knowsPeople(at.connection) });
    const ended = await postOnce(inside, held, { at, post, id: action.id, automation, shown: shownOf(action) });
    if (ended !== "on") return again(inside, message, ended);
  }
  if (more === 0) return;
  const post = drawMore(inside, { automation, count: more });
  const ended = await postOnce(inside, held, { at, post, id: moreId, automation, shown: "more", last: true });
  if (ended !== "on") await again(inside, message, ended);
}

/** Whether to go on, in how many seconds to try again, or that nothing can be posted there now. */
type Ended = "on" | "closed" | number;

async function again(ctx: TenantCtx, message: ActionMessage, ended: Ended): Promise<void> {
  if (typeof ended === "number") await ctx.send.actions([message], ended);
}

/** What waits and is not posted, the surest first, and how much there is beyond that. What the day's last message counted is not posted any more that day. */
async function listUnposted(ctx: TenantCtx, automation: string): Promise<{ found: ActionRow[]; more: number; moreId: string }> {
  const moreId = `more:${automation}:${dayOf(ctx.now(), ctx.tenant.timezone)}`;
  const counted = sql`coalesce((select p.begun_at from ${approvalPosts} p where p.tenant_id = ${ctx.tenant.id} and p.action_id = ${moreId}), 0)`;
  const unposted = inTenant(
    ctx,
    actions,
    and(
      ...[eq(actions.automation, automation), eq(actions.status, "waiting"), gt(actions.expiresAt, ctx.now())],
      gt(actions.createdAt, counted),
      sql`not exists (select 1 from ${approvalPosts} p where p.tenant_id = ${ctx.tenant.id} and p.action_id = ${actions.id})`,
    ),
  );
  const [found, [all]] = await ctx.db.batch([
    ctx.db.select().from(actions).where(unposted).orderBy(desc(actions.score), actions.id).limit(postsAtOnce),
    ctx.db.select({ count: count() }).from(actions).where(unposted),
  ]);
  return { found, more: (all?.count ?? 0) - found.length, moreId };
}

interface Posting {
  at: Channel;
  post: Post;
  id: string;
  automation: string;
  shown: string;
  /** Nothing becomes of it. */
  last?: true;
}

/** Writes down that it is posted, then posts it: after silence it is looked for before it is posted again, and so it stands there once. */
async function postOnce(ctx: TenantCtx, held: HeldConnection, { at, post, id, automation, shown, last }: Posting): Promise<Ended> {
  const { channel, connection } = at;
  const now = ctx.now();
  const [begun] = await ctx.db
    .insert(approvalPosts)
    .values({
      ...{ tenantId: ctx.tenant.id, actionId: id, automation, connectionId: connection.id, channel, shown, begunAt: now },
      checkAt: last ? null : now + postLeaseMs,
    })
    .onConflictDoNothing()
    .returning({ id: approvalPosts.actionId });
  // Another worker posts it.
  if (!begun) return "on";
  const writer = openWriter(ctx, held, { signal: AbortSignal.timeout(tryMs) });
  const outcome = await postMessage(writer, { channel, key: keyOf(id), post });
  switch (outcome.outcome) {
    case "done":
      if (outcome.body) await setPost(ctx, id, { message: outcome.body.ts, checkAt: last ? null : ctx.now() });
      return "on";
    case "ambiguous":
      ctx.log.warn("whether something was posted is looked up", { action: id, reason: outcome.reason });
      return "on";
    case "limited":
      await dropPost(ctx, id);
      return Math.ceil(outcome.retryAfterS ?? limitedS);
    case "refused":
      ctx.log.warn("what waits could not be posted", { action: id, kind: outcome.failure.kind, reason: outcome.failure.message });
      // It is posted when the account is connected again; a channel that is gone or closed is for the client to change, and said there.
      await dropPost(ctx, id);
      if (outcome.failure.kind === "rejected" && closedChannel.test(outcome.failure.message)) await markGone(ctx, at);
      return "closed";
    case "not_sent":
      await dropPost(ctx, id);
      if (outcome.failure.kind === "revoked") return "closed";
      throw new ProviderError(writer.provider, outcome.failure.kind, outcome.failure.message, outcome.failure);
    default:
      return outcome satisfies never;
  }
}

/** As Slack says that nothing can be written there (docs.slack.dev, chat.postMessage). */
const closedChannel = /^(channel_not_found|is_archived|not_in_channel|restricted_action.*)$/;

/** What the client chose is there no more, as a listing would find out. */
const markGone = (ctx: TenantCtx, { connection, channel }: Channel) =>
  ctx.db
    .update(connections)
    .set({
      chosen: sql`(select json_group_array(iif(value ->> 'kind' = ${approvalsChannel} and value ->> 'id' = ${channel}, json_set(value, '$.gone', json('true')), json(value)))
        from json_each(${connections.chosen}))`,
    })
    .where(inTenant(ctx, connections, eq(connections.id, connection.id)));

export const setPost = (ctx: TenantCtx, id: string, changes: Partial<Pick<PostRow, "message" | "shown" | "checkAt" | "attempt">>) =>
  ctx.db
    .update(approvalPosts)
    .set(changes)
    .where(inTenant(ctx, approvalPosts, eq(approvalPosts.actionId, id)));

export const dropPost = (ctx: TenantCtx, id: string) =>
  ctx.db.delete(approvalPosts).where(inTenant(ctx, approvalPosts, eq(approvalPosts.actionId, id)));
