import type { Locale } from "#db/words/locales.ts";

/** What a mail says. Every mail has both parts, so that it reads in any program. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** One mail to one person. `id` stays the same when the same mail is tried again, so that a transport can drop doubles. */
export interface Mail extends Letter {
  id: string;
  to: string;
  locale: Locale;
}
