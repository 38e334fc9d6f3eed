import type { Ctx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { adminAddedLetter, adminWelcomeLetter } from "./write-letter.ts";

/**
 * Tells whoever became an admin of the agency how they sign in, and all other admins, whoever added them too, that there is one more. One
 * who was removed meanwhile needs no mail.
 */
export async function mailAdminAdded(ctx: Ctx, message: MailOf<"mail.admin_added">, handOn?: HandOn): Promise<void> {
  const { user, by, at } = message;
  const admins = await listStaff(ctx);
  const added = admins.find(({ id }) => id === user);
  if (!added) return;
  const names = await actorNames(ctx, [by], "staff");
  const origin = ctx.config.APP_ORIGIN;
  await sendToEach(ctx, admins, { message, handOn }, ({ id: person, email, name, locale }) => {
    const facts = { locale, name, email: added.email, by: names.get(by) ?? by };
    const letter =
      person === user
        ? adminWelcomeLetter({ ...facts, url: `${origin}/sign-in` })
        : adminAddedLetter({ ...facts, url: `${origin}/admin/agency` });
    return deliver(ctx, message, { id: `admin-added-${user}-${at}-${person}`, to: email, locale, ...letter });
  });
}
