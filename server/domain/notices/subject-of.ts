import { and, eq, isNull } from "drizzle-orm";
import { notices } from "#db/schema/index.ts";
import type { NoticeKind } from "#db/words/notices.ts";
import type { MailMessage } from "#server/messages.ts";

/** Which notice a mail is about: whose (`tenant` "" is the agency), and its subject. */
export interface Subject {
  tenant: string;
  kind: NoticeKind;
  subject: string;
}

/** Null for what is no notice: it is a person's own, or about safety, and nobody's preferences hold it back. */
export function subjectOf(message: MailMessage): Subject | null {
  switch (message.type) {
    case "mail.reconnect":
      return { tenant: message.tenant, kind: "reconnect", subject: message.connection };
    case "mail.cliff":
      return { tenant: message.tenant, kind: "cliff", subject: message.connection };
    case "mail.key_end":
      return { tenant: message.tenant, kind: "key_end", subject: message.connection };
    case "mail.account_changed":
      return { tenant: message.tenant, kind: "account_changed", subject: message.connection };
    case "mail.viewed":
      return { tenant: message.tenant, kind: "viewed", subject: `${message.by} ${message.day}` };
    case "mail.approvals":
      return { tenant: message.tenant, kind: "approvals", subject: message.automation ?? "" };
    case "mail.flow_note":
      return { tenant: message.tenant, kind: "flow_note", subject: "" };
    case "mail.incident":
      return { tenant: "", kind: "incident", subject: message.incident };
    case "mail.version":
      return { tenant: "", kind: "version", subject: `${message.provider} ${message.version}` };
    case "mail.reveal":
      return { tenant: "", kind: "reveal", subject: message.reveal };
    case "mail.workspace_request":
      return { tenant: "", kind: "workspace_request", subject: message.request };
    case "mail.admin_added":
      return { tenant: "", kind: "admin_added", subject: message.user };
    case "mail.sign_in":
    case "mail.invitation":
    case "mail.alarm":
    case "mail.ending":
    case "mail.digest":
      return null;
    default:
      return message satisfies never;
  }
}

/** What is still so of a subject, of whomever was told. */
export const openOf = ({ tenant, kind, subject }: Subject) =>
  and(eq(notices.tenantId, tenant), eq(notices.subject, subject), eq(notices.kind, kind), isNull(notices.resolvedAt));

/** The mails that are about a notice. */
export type NoticeMail = Extract<
  MailMessage,
  {
    type:
      | "mail.reconnect"
      | "mail.cliff"
      | "mail.key_end"
      | "mail.account_changed"
      | "mail.viewed"
      | "mail.approvals"
      | "mail.flow_note"
      | "mail.incident"
      | "mail.version"
      | "mail.reveal"
      | "mail.workspace_request"
      | "mail.admin_added";
  }
>;
