import { waitFor } from "./wait-for.ts";

export interface OutboxMail {
  /** ISO 8601. */
  at: string;
  to: string;
  subject: string;
  link: string | null;
  code: string | null;
  text: string;
}

/** The newest mail to that address since then, as soon as the development outbox has it. */
export const findMail = (origin: string, { to, since }: { to: string; since: number }): Promise<OutboxMail> =>
  waitFor(`mail to ${to}`, 20_000, async () => {
    const { mails } = (await (await fetch(`${origin}/dev/outbox?format=json`)).json()) as { mails: OutboxMail[] };
    return mails.find((mail) => mail.to === to && Date.parse(mail.at) >= since) ?? null;
  });
