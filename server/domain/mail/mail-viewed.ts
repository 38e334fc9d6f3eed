import { type Ctx, enterTenant } from "#server/ctx.ts";
import { listMembersWho } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { viewedLetter } from "./write-letter.ts";

const dayMs = 86_400_000;

/**
 * Tells those of a client who may read its audit log that the agency looked at its pages, and on which day. What the admin is called is not
 * for the client. One address that fails does not keep the mail from the others.
 */
export async function mailViewed(ctx: Ctx, message: MailOf<"mail.viewed">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const { by, day } = message;
  const facts = { tenant: tenant.name, at: day * dayMs, url: `${ctx.config.APP_ORIGIN}/t/${tenant.id}/settings/audit` };
  const readers = await listMembersWho(enterTenant(ctx, tenant, "system"), "audit:read");
  await sendToEach(ctx, readers, { message, handOn }, ({ id: person, email, name, locale }) =>
    deliver(ctx, message, { id: `viewed-${by}-${day}-${person}`, to: email, locale, ...viewedLetter({ ...facts, name, locale }) }),
  );
}
