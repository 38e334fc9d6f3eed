import { providerName } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { versionLetter } from "./write-letter.ts";

/** Tells the agency's admins that a provider retired a version of its API that we still speak. */
export async function mailVersion(ctx: Ctx, message: MailOf<"mail.version">, handOn?: HandOn): Promise<void> {
  const { provider, version } = message;
  const facts = { provider: providerName(provider), version, url: `${ctx.config.APP_ORIGIN}/admin/calendar` };
  await sendToEach(ctx, await listStaff(ctx), { message, handOn }, ({ id, email, name, locale }) => {
    const letter = versionLetter({ ...facts, locale, name });
    return deliver(ctx, message, { id: `version-${provider}-${version.replaceAll(/[^\w.-]/g, "-")}-${id}`, to: email, locale, ...letter });
  });
}
