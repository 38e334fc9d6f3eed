import { eq } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { jobsReading } from "#server/domain/incidents/open-incidents.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import { isProviderFault } from "#server/domain/wire/is-provider-fault.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { incidentLetter } from "./write-letter.ts";

/**
 * Tells each of the agency's admins that a provider fails for many clients, or that it is over: whichever is so when the
 * mail is written. One address that fails does not keep the mail from the others.
 */
export async function mailIncident(ctx: Ctx, message: MailOf<"mail.incident">, handOn?: HandOn): Promise<void> {
  const [incident] = await ctx.directory.select().from(incidents).where(eq(incidents.id, message.incident));
  // Who switched a provider off knows it; no such mail is ever asked for.
  if (!incident || !isProviderFault(incident.kind)) return;
  const { kind, id, provider, tenantsFailing, tenantsUsing, openedAt, closedAt } = incident;
  const facts = { provider: providerName(provider), kind, tenantsFailing, tenantsUsing, url: `${ctx.config.APP_ORIGIN}/admin/incidents` };
  const closedAfterMs = closedAt === null ? null : closedAt - openedAt;
  await sendToEach(ctx, await listStaff(ctx), { message, handOn }, ({ id: person, email, name, locale }) => {
    const jobs = jobsReading(allJobs, [provider]).map(({ title }) => title[locale]);
    const letter = incidentLetter({ ...facts, locale, name, jobs, closedAfterMs });
    return deliver(ctx, message, { id: `${id}-${closedAt === null ? "opened" : "closed"}-${person}`, to: email, locale, ...letter });
  });
}
