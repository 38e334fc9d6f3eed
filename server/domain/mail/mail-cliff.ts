import { and, eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { listMembersWho } from "./list-readers.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { cliffLetter } from "./write-letter.ts";

const dayMs = 86_400_000;

/**
 * Tells everybody in the tenant who may connect accounts that an access will end although it works today, and leads to where it is
 * mended. What was mended meanwhile needs no mail, and neither does a client that is suspended. One address that fails does not
 * keep the mail from the others.
 */
export async function mailCliff(ctx: Ctx, message: MailOf<"mail.cliff">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [connection] = await inside.db
    .select()
    .from(connections)
    .where(inTenant(inside, connections, and(eq(connections.id, message.connection), eq(connections.status, "active"))));
  const { cliffAt, cliffKind } = connection ?? {};
  if (!connection || !cliffAt || !cliffKind || cliffKind === "version" || tenant.status === "suspended") return;
  if (cliffAt > ctx.now() + message.days * dayMs) return;
  const { id, provider, kind, name: account } = connection;
  const home = `${ctx.config.APP_ORIGIN}/t/${tenant.id}`;
  const url = kind === "oauth" ? `${home}/connect/${provider}?connection=${id}` : `${home}/integrations/${provider}`;
  const facts = { provider: providerName(provider), account, tenant: tenant.name, timeZone: tenant.timezone, at: cliffAt, kind, url };
  await sendToEach(await listMembersWho(inside, "connections:write"), { message, handOn }, ({ id: person, email, name, locale }) => {
    const letter = cliffLetter({ ...facts, locale, name, cliff: cliffKind });
    return deliver(ctx, message, { id: `${id}-cliff-${message.days}-${cliffAt}-${person}`, to: email, locale, ...letter });
  });
}
