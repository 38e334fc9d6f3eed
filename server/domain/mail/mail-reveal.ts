import { and, eq } from "drizzle-orm";
import { connections, reveals, secrets } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { revealStateOf } from "#server/domain/custody/list-reveals.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { revealLetter } from "./write-letter.ts";

/**
 * Tells the agency's other admins that one of them asks to see a secret, which one and why, and where they decide. A request that
 * waits no more needs no mail. One address that fails does not keep the mail from the others.
 */
export async function mailReveal(ctx: Ctx, message: MailOf<"mail.reveal">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [found] = await inside.db
    .select({ reveal: reveals, provider: connections.provider, account: connections.name, sealed: secrets.sealed })
    .from(reveals)
    .innerJoin(connections, and(eq(connections.id, reveals.connectionId), eq(connections.tenantId, reveals.tenantId)))
    .innerJoin(
      secrets,
      and(eq(secrets.connectionId, reveals.connectionId), eq(secrets.field, reveals.field), eq(secrets.tenantId, reveals.tenantId)),
    )
    .where(inTenant(inside, reveals, eq(reveals.id, message.reveal)));
  if (!found || revealStateOf(found.reveal, ctx.now(), found.sealed) !== "waiting") return;
  const { id, requestedBy, reason } = found.reveal;
  const asking = (await actorNames(ctx, [requestedBy], "staff")).get(requestedBy) ?? requestedBy;
  const url = `${ctx.config.APP_ORIGIN}/admin/reveals`;
  const facts = { asking, tenant: tenant.name, provider: providerName(found.provider), account: found.account, reason, url };
  const others = (await listStaff(ctx)).filter((person) => person.id !== requestedBy);
  await sendToEach(ctx, others, { message, handOn }, ({ id: person, email, name, locale }) =>
    deliver(ctx, message, { id: `${id}-${person}`, to: email, locale, ...revealLetter({ ...facts, locale, name }) }),
  );
}
