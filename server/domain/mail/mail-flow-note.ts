import { flowBridgeId } from "#server/catalog/automations/shopify-flow-bridge.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { listMembersWho, rightToKnow } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { flowNoteLetter } from "./write-letter.ts";

/** Tells those of a client who may start what runs that workflows left notes. The notes stand on the page that it leads to: anybody who edits workflows wrote them. */
export async function mailFlowNote(ctx: Ctx, message: MailOf<"mail.flow_note">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const facts = { tenant: tenant.name, url: `${ctx.config.APP_ORIGIN}/t/${tenant.id}/automations/${flowBridgeId}/flow` };
  const readers = await listMembersWho(enterTenant(ctx, tenant, "system"), rightToKnow("flow_note"));
  await sendToEach(ctx, readers, { message, handOn }, ({ id: person, email, name, locale }) =>
    deliver(ctx, message, {
      ...{ id: `flow-note-${tenant.id}-${message.part}-${person}`, to: email, locale },
      ...flowNoteLetter({ ...facts, name, locale }),
    }),
  );
}
