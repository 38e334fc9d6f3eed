import { and, eq, ne } from "drizzle-orm";
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
import { accountChangedLetter } from "./write-letter.ts";

/**
 * Tells everybody in the tenant who may connect accounts that an account counts in another currency or time zone than before. A
 * change that another one followed by now is told by that one's mail. One address that fails does not keep the mail from the others.
 */
export async function mailAccountChanged(ctx: Ctx, message: MailOf<"mail.account_changed">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [connection] = await inside.db
    .select()
    .from(connections)
    .where(inTenant(inside, connections, and(eq(connections.id, message.connection), ne(connections.status, "disconnected"))));
  if (connection?.changed?.at !== message.at) return;
  const { id, provider, name: account, changed } = connection;
  const url = `${ctx.config.APP_ORIGIN}/t/${tenant.id}/integrations/${provider}`;
  const facts = { provider: providerName(provider), account, tenant: tenant.name, changed, url };
  await sendToEach(await listMembersWho(inside, "connections:write"), { message, handOn }, ({ id: person, email, name, locale }) => {
    const letter = accountChangedLetter({ ...facts, locale, name });
    return deliver(ctx, message, { id: `${id}-changed-${message.at}-${person}`, to: email, locale, ...letter });
  });
}
