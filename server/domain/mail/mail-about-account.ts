import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { listMembersWho, type Reader } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import type { Letter } from "./mail.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";

type AboutAccount = MailOf<"mail.reconnect" | "mail.cliff" | "mail.key_end" | "mail.account_changed">;

/** A connection, and what every letter about it says. */
interface About {
  connection: ConnectionRow;
  tenant: Tenant;
  /** The client's pages: `https://portal.example.com/t/acme`. */
  home: string;
  facts: { provider: string; account: string; tenant: string };
}

/** One letter for everybody: `key` tells it from others about the same connection. */
interface News {
  key: string | number;
  letter: (reader: Pick<Reader, "name" | "locale">) => Letter;
}

/**
 * Tells everybody in the tenant who may connect accounts something about one of them. `newsOf` answers null where there is nothing to tell
 * any more. One address that fails does not keep the mail from the others.
 */
export async function mailAboutAccount(
  ctx: Ctx,
  { message, handOn }: { message: AboutAccount; handOn: HandOn | undefined },
  newsOf: (about: About) => News | null,
): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const [connection] = await inside.db
    .select()
    .from(connections)
    .where(inTenant(inside, connections, eq(connections.id, message.connection)));
  if (!connection) return;
  const { id, provider, name: account } = connection;
  const facts = { provider: providerName(provider), account, tenant: tenant.name };
  const news = newsOf({ connection, tenant, home: `${ctx.config.APP_ORIGIN}/t/${tenant.id}`, facts });
  if (!news) return;
  await sendToEach(ctx, await listMembersWho(inside, "connections:write"), { message, handOn }, ({ id: person, email, name, locale }) =>
    deliver(ctx, message, { id: `${id}-${news.key}-${person}`, to: email, locale, ...news.letter({ name, locale }) }),
  );
}
