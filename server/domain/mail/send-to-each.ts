import type { Ctx } from "#server/ctx.ts";
import { goesNow } from "#server/domain/notices/hold-mail.ts";
import type { Reader } from "#server/domain/notices/list-readers.ts";
import type { MailMessage } from "#server/messages.ts";

/** Puts these messages on the mail queue, all of them or none. */
export type HandOn = (messages: readonly MailMessage[]) => Promise<void>;

/**
 * Sends each of these people their mail, or the one of them whom the message names. Where it names none and can be handed on,
 * each becomes a message of its own, so that a mailbox that refuses repeats nobody else's letter; where it cannot (a script without
 * a queue), one that fails does not keep the mail from the others, and is thrown when all were tried. Who does not want
 * it, or not now, gets none (`goesNow`).
 */
export async function sendToEach<P extends Reader, M extends MailMessage & { person?: string | undefined }>(
  ctx: Ctx,
  people: readonly P[],
  { message, handOn }: { message: M; handOn: HandOn | undefined },
  send: (person: P) => Promise<void>,
): Promise<void> {
  const { person } = message;
  if (person === undefined && handOn && people.length > 0) return handOn(people.map(({ id }) => ({ ...message, person: id })));
  const meant = person === undefined ? people : people.filter(({ id }) => id === person);
  const sent = await Promise.allSettled(
    meant.map(async (reader) => {
      if (await goesNow(ctx, message, reader)) await send(reader);
    }),
  );
  const failed = sent.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
