import { eq } from "drizzle-orm";
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
import { keyEndLetter } from "./write-letter.ts";

/**
 * Tells everybody in the tenant who may connect accounts of the end of a key that a sign-in replaced: that it comes, that it is put off,
 * that it came. What is no longer so by now (it was kept, or is of another day) needs no mail.
 */
export async function mailKeyEnd(ctx: Ctx, message: MailOf<"mail.key_end">, handOn?: HandOn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [connection] = await inside.db
    .select()
    .from(connections)
    .where(inTenant(inside, connections, eq(connections.id, message.connection)));
  if (!connection || !isNews(connection, message)) return;
  const { id, provider, name: account } = connection;
  const { news, at } = message;
  const url = `${ctx.config.APP_ORIGIN}/t/${tenant.id}/integrations/${provider}`;
  const facts = { provider: providerName(provider), account, tenant: tenant.name, timeZone: tenant.timezone, news, at, url };
  await sendToEach(await listMembersWho(inside, "connections:write"), { message, handOn }, ({ id: person, email, name, locale }) => {
    const letter = keyEndLetter({ ...facts, locale, name });
    return deliver(ctx, message, { id: `${id}-key-${news}-${at ?? connection.version}-${person}`, to: email, locale, ...letter });
  });
}

type Facts = Pick<typeof connections.$inferSelect, "status" | "keptAt" | "endsAt">;

function isNews({ status, keptAt, endsAt }: Facts, { news, at }: MailOf<"mail.key_end">): boolean {
  switch (news) {
    case "announced":
    case "reminded":
      return status !== "disconnected" && endsAt === at;
    case "put_off":
      return status !== "disconnected" && keptAt === null;
    case "ended":
      return status === "disconnected";
    default:
      return news satisfies never;
  }
}
