import { eq } from "drizzle-orm";
import { deletions, users } from "#db/schema/index.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { listMembersWho, listStaff, type Reader } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { endingLetter } from "./write-letter.ts";

/**
 * Tells those of a client who may end it, and the agency's admins, that its end is set, by whom and for when, and where it is taken
 * back. What was taken back, or is done, needs no mail. One address that fails does not keep the mail from the others.
 */
export async function mailEnding(ctx: Ctx, message: MailOf<"mail.ending">, handOn?: HandOn): Promise<void> {
  const [found] = await ctx.directory
    .select({ deletion: deletions, by: { name: users.name, email: users.email, wasStaff: users.wasStaff } })
    .from(deletions)
    .leftJoin(users, eq(users.id, deletions.requestedBy))
    .where(eq(deletions.id, message.deletion));
  if (!found || found.deletion.cancelledAt !== null || found.deletion.startedAt !== null) return;
  const { id, ofTenant, dueAt } = found.deletion;
  const tenant = await findTenant(ctx, ofTenant);
  const inside = enterTenant(ctx, tenant, "system");
  const [theirs, ours] = await Promise.all([listMembersWho(inside, "data:delete"), listStaff(ctx)]);
  // One letter a person: who is both reads it as one of ours.
  const readers = new Map<string, Reader & { staff: boolean }>(theirs.map((person) => [person.id, { ...person, staff: false }]));
  for (const person of ours) readers.set(person.id, { ...person, staff: true });
  await sendToEach(ctx, [...readers.values()], { message, handOn }, ({ id: person, email, name, locale, staff }) => {
    // What an admin of the agency is called is not for the client, also once they have left.
    const by = found.by && (staff || !found.by.wasStaff) ? found.by.name || found.by.email : "";
    const url = `${ctx.config.APP_ORIGIN}${staff ? `/admin/clients/${tenant.id}/data` : `/t/${tenant.id}/settings/data`}`;
    const facts = { locale, name, by, tenant: tenant.name, timeZone: tenant.timezone, at: dueAt, staff, url };
    return deliver(ctx, message, { id: `${id}-${person}`, to: email, locale, ...endingLetter(facts) });
  });
}
