import { and, eq } from "drizzle-orm";
import { actions, approvalPosts, memberships, users } from "#db/schema/index.ts";
import { addressOf, tellPerson } from "#server/catalog/actions/slack-posts.ts";
import type { Click } from "#server/catalog/webhooks/webhook.ts";
import { enterTenant, type TenantCtx, type UserActor } from "#server/ctx.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow, HeldConnection } from "#server/domain/connections/rows.ts";
import { EmailAddress } from "#server/domain/people/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { takeChange } from "#server/domain/tenancy/take-change.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { DomainError, ProviderError } from "#server/errors.ts";
import type { Asking } from "./asking.ts";
import { knowsPeople } from "./find-channel.ts";
import { showPost } from "./show-asked.ts";
import { words } from "./words.ts";

interface Pressed {
  connection: ConnectionRow;
  click: Click;
}

/**
 * Decides what somebody pressed a button below, in their name and with their rights here: a member of this client, by their confirmed address
 * at the provider, and by the hash that the button carries. Whoever may not, or comes too late, is told so, where nobody else sees it.
 * Answers false for what this client did not post in that very message. Throws what the queue shall try again.
 */
export async function decideByClick(ctx: TenantCtx, asking: Asking, { connection, click }: Pressed): Promise<boolean> {
  if (connection.status !== "active" || !knowsPeople(connection) || !(await isPosted(ctx, { connection, click }))) return false;
  const held = await holdConnection(ctx, connection.id);
  const person = await findPerson(ctx, held, click.user);
  if (!person) {
    await tell(ctx, held, { click, text: words[ctx.tenant.locale].unknownPerson(ctx.tenant.name) });
    return true;
  }
  const refused = await decide(person, click);
  const isTold = refused === null || (await wasTheirs(ctx, { person, click }));
  if (!isTold && person.actor.type === "user")
    await tell(ctx, held, { click, text: asking.say(person.actor.locale, { code: refused.code, params: refused.params }) });
  await showPost(ctx, asking, click.actionId);
  return true;
}

async function isPosted(ctx: TenantCtx, { connection, click }: Pressed): Promise<boolean> {
  const [post] = await ctx.db
    .select({ id: approvalPosts.actionId })
    .from(approvalPosts)
    .where(
      inTenant(
        ctx,
        approvalPosts,
        eq(approvalPosts.actionId, click.actionId),
        eq(approvalPosts.connectionId, connection.id),
        eq(approvalPosts.channel, click.channel),
        eq(approvalPosts.message, click.message),
      ),
    );
  return post !== undefined;
}

/** The same client, with whoever pressed it acting there in their role; null for whoever is no member. */
async function findPerson(ctx: TenantCtx, held: HeldConnection, slackUser: string): Promise<TenantCtx | null> {
  const address = EmailAddress.safeParse(await addressAt(ctx, held, slackUser));
  if (!address.success) return null;
  const [found] = await ctx.directory
    .select({ user: users, role: memberships.role })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, address.data), eq(memberships.tenantId, ctx.tenant.id)));
  if (!found) return null;
  const { user, role } = found;
  const actor: UserActor = {
    ...{ type: "user", userId: user.id, sessionId: "", email: user.email, name: user.name, locale: user.locale, timezone: user.timezone },
    ...{ staff: user.staff, onboarded: user.onboardedAt !== null, memberships: [{ tenant: ctx.tenant, role }] },
  };
  // The agency's people act as such wherever they are members too.
  return enterTenant({ ...ctx, actor }, ctx.tenant, user.staff ? "staff" : role);
}

async function addressAt(ctx: TenantCtx, held: HeldConnection, slackUser: string): Promise<string | null> {
  try {
    return await addressOf(openAccount(ctx, held), slackUser);
  } catch (error) {
    // Nobody of this workspace.
    if (error instanceof ProviderError && error.kind === "rejected") return null;
    throw error;
  }
}

/** Answers why it was not decided; null where it was. */
async function decide(person: TenantCtx, { decision, actionId, hash }: Click): Promise<DomainError | null> {
  try {
    await takeChange(person);
    await (decision === "approve" ? approveAction(person, { actionId, hash }) : rejectAction(person, { actionId, hash, reason: "" }));
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** Whether they had decided so themselves: a double click, or one whose worker died after it, is told nothing. */
async function wasTheirs(ctx: TenantCtx, { person, click }: { person: TenantCtx; click: Click }): Promise<boolean> {
  const [row] = await ctx.db
    .select({ status: actions.status, decidedBy: actions.decidedBy })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, click.actionId), eq(actions.hash, click.hash)));
  const own = person.actor.type === "user" && row?.decidedBy === person.actor.userId;
  return own && (row.status === "rejected") === (click.decision === "reject");
}

async function tell(ctx: TenantCtx, held: HeldConnection, { click, text }: { click: Click; text: string }): Promise<void> {
  const { channel, user } = click;
  const { outcome } = await tellPerson(openWriter(ctx, held), { channel, user, text });
  if (outcome !== "done") ctx.log.warn("whoever pressed a button was not told why nothing came of it", { action: click.actionId, outcome });
}
