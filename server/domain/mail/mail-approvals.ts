import { count, eq, gt, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { listMembersWho } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { approvalsLetter } from "./write-letter.ts";

/**
 * Tells those of a client who may decide what waits for them, how much of each automation; none where all is decided by now, but of one that acts by itself no more they are told all the same. Its link leads
 * to a page that decides nothing by being opened. One address that fails does not keep the mail from the others.
 */
export async function mailApprovals(ctx: Ctx, message: MailOf<"mail.approvals">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const waiting = await inside.db
    .select({ automation: actions.automation, actions: count() })
    .from(actions)
    .where(inTenant(inside, actions, eq(actions.status, "waiting"), gt(actions.expiresAt, ctx.now())))
    // A plus keeps the order out of the choice of an index: what waits is read, not all that ever was.
    .groupBy(sql`+${actions.automation}`)
    .orderBy(sql`+${actions.automation}`);
  const { day, news, automation, at } = message;
  if (waiting.length === 0 && news !== "fell_back") return;
  const titleOf = (id: string) => automations.find((each) => each.id === id)?.title ?? { en: id, fr: id, he: id };
  const url = `${ctx.config.APP_ORIGIN}/t/${tenant.id}/approvals`;
  await sendToEach(ctx, await listMembersWho(inside, "actions:decide"), { message, handOn }, ({ id: person, email, name, locale }) => {
    const items = waiting.map((each) => ({ title: titleOf(each.automation)[locale], count: each.actions }));
    const letter = approvalsLetter({
      locale,
      name,
      tenant: tenant.name,
      items,
      news,
      about: automation === null ? "" : titleOf(automation)[locale],
      url,
    });
    return deliver(ctx, message, {
      id: `approvals-${news}-${automation ?? ""}-${tenant.id}-${at ?? day}-${person}`,
      to: email,
      locale,
      ...letter,
    });
  });
}
