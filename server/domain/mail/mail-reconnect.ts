import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { listMembersWho } from "./list-readers.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { reconnectLetter } from "./write-letter.ts";

/**
 * Tells everybody in the tenant who may connect accounts that a connection needs a person, why, and what waits for it.
 * A connection that works again by now needs no mail. One address that fails does not keep the mail from the others.
 */
export async function mailReconnect(ctx: Ctx, message: MailOf<"mail.reconnect">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [connection] = await inside.db
    .select()
    .from(connections)
    .where(inTenant(inside, connections, eq(connections.id, message.connection)));
  if (connection?.status !== "reconnect_needed") return;
  const waiting = sensors.filter(({ needs }) => needs.some(({ provider }) => provider === connection.provider));
  const provider = findProvider(connection.provider).name;
  const url = `${ctx.config.APP_ORIGIN}/t/${tenant.id}/integrations`;
  await sendToEach(await listMembersWho(inside, "connections:write"), { message, handOn }, ({ id, email, name, locale }) => {
    const jobs = waiting.map(({ title }) => title[locale]);
    const lost = connection.statusReason === "secret_unreadable";
    const letter = reconnectLetter({ locale, name, provider, account: connection.name, tenant: tenant.name, jobs, url, lost });
    return deliver(ctx, message, { id: `${connection.id}-${connection.version}-${id}`, to: email, locale, ...letter });
  });
}
