import { requiredNeeds } from "#server/catalog/job.ts";
import type { Ctx } from "#server/ctx.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import type { MailOf } from "#server/messages.ts";
import { mailAboutAccount } from "./mail-about-account.ts";
import type { HandOn } from "./send-to-each.ts";
import { reconnectLetter } from "./write-letter.ts";

/** A connection needs a person: why, and what waits for it. One that works again by now needs no mail. */
export const mailReconnect = (ctx: Ctx, message: MailOf<"mail.reconnect">, handOn?: HandOn): Promise<void> =>
  mailAboutAccount(ctx, { message, handOn }, ({ connection: { provider, status, statusReason, version }, tenant, home, facts }) => {
    if (status !== "reconnect_needed") return null;
    const waiting = jobsOn(tenant).filter((job) => requiredNeeds(job).some((need) => need.provider === provider));
    const lost = statusReason === "secret_unreadable";
    return {
      key: version,
      letter: (reader) => {
        const jobs = waiting.map(({ title }) => title[reader.locale]);
        return reconnectLetter({ ...facts, ...reader, jobs, url: `${home}/integrations`, lost });
      },
    };
  });
