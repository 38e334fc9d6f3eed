import type { Ctx } from "#server/ctx.ts";
import type { MailMessage } from "#server/messages.ts";

/**
 * Queues a mail about something that is done and that a page shows as well. Where the queue fails, the log says so and what was done
 * stands: whoever did it would only do it twice.
 */
export async function queueMail(ctx: Ctx, message: MailMessage): Promise<void> {
  try {
    await ctx.send.mail(message);
  } catch (error) {
    ctx.log.error("a mail was not queued", { mail: message, error });
  }
}
