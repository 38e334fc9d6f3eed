import type { MailMessage } from "#server/messages.ts";

/** Puts these messages on the mail queue, all of them or none. */
export type HandOn = (messages: readonly MailMessage[]) => Promise<void>;

/**
 * Sends each of these people their mail, or the one of them whom the message names. Where it names none and can be handed on,
 * each becomes a message of its own, so that a mailbox that refuses repeats nobody else's letter; where it cannot (a script without
 * a queue), one that fails does not keep the mail from the others, and is thrown when all were tried.
 */
export async function sendToEach<P extends { id: string }, M extends MailMessage & { person?: string | undefined }>(
  people: readonly P[],
  { message, handOn }: { message: M; handOn: HandOn | undefined },
  send: (person: P) => Promise<void>,
): Promise<void> {
  const { person } = message;
  if (person === undefined && handOn && people.length > 0) return handOn(people.map(({ id }) => ({ ...message, person: id })));
  const meant = person === undefined ? people : people.filter(({ id }) => id === person);
  const sent = await Promise.allSettled(meant.map(send));
  const failed = sent.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
