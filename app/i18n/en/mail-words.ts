import type { MailCode } from "#db/words/mail.ts";

/** Why a mail did not arrive for certain. `db/words/mail.ts` has the codes; what a server said stays in its own words. */
export const mailWords = {
  address_letters: "The address has letters that the mail server does not take.",
  answered: "The mail server answered {{step}} with {{words}}",
  answer_endless: "The mail server's answer has no end.",
  certificate: "No encrypted connection to {{host}}: its certificate is not trusted, has expired, or is for another name.",
  hung_up: "The mail server hung up.",
  line_break: "A line break in {{step}}.",
  login_unknown: "The mail server offers no way to log in that we know.",
  other: "{{words}}",
  probably_sent: "{{why}} The email was probably sent.",
  resend: "Resend answered {{words}}",
  spoke_early: "The mail server spoke before encryption began.",
  no_encryption: "The mail server offers no encryption.",
  no_smtp: "The mail server does not speak SMTP.",
  too_slow: "The mail server took too long to answer {{step}}.",
  unreached: "No connection to {{host}} ({{words}}).",
  unreached_or_certificate:
    "No connection to {{host}} ({{words}}), or its certificate is not trusted, has expired, or is for another name.",
  step_connection: "the connection",
  step_greeting: "the greeting",
  step_starttls: "STARTTLS",
  step_login: "the login",
  step_user_name: "the user name",
  step_sender: "the sender",
  step_recipient: "the recipient",
  step_data: "the word DATA",
  step_mail: "the email",
  step_quit: "QUIT",
} as const satisfies Record<MailCode, string>;
