import type { Ctx } from "#server/ctx.ts";
import type { MailMessage } from "#server/messages.ts";
import { mailAccountChanged } from "./mail-account-changed.ts";
import { mailAdminAdded } from "./mail-admin-added.ts";
import { mailAlarm } from "./mail-alarm.ts";
import { mailApprovals } from "./mail-approvals.ts";
import { mailCliff } from "./mail-cliff.ts";
import { mailDigest } from "./mail-digest.ts";
import { mailEnding } from "./mail-ending.ts";
import { mailFlowNote } from "./mail-flow-note.ts";
import { mailIncident } from "./mail-incident.ts";
import { mailInvitation } from "./mail-invitation.ts";
import { mailKeyEnd } from "./mail-key-end.ts";
import { mailReconnect } from "./mail-reconnect.ts";
import { mailReveal } from "./mail-reveal.ts";
import { mailSignIn } from "./mail-sign-in.ts";
import { mailVersion } from "./mail-version.ts";
import { mailViewed } from "./mail-viewed.ts";
import { mailWorkspaceRequest } from "./mail-workspace-request.ts";
import type { HandOn } from "./send-to-each.ts";

/**
 * Works one message off: loads what it names, writes the letter, sends it. What no longer needs a mail (a link that was
 * used or has expired, an address without an account, a client that is gone) sends none. One to several people is handed on
 * as one message each, where `handOn` can. Throws where a transport may take it later, to be tried again.
 */
export function workMail(ctx: Ctx, message: MailMessage, handOn?: HandOn): Promise<void> {
  switch (message.type) {
    case "mail.sign_in":
      return mailSignIn(ctx, message);
    case "mail.invitation":
      return mailInvitation(ctx, message);
    case "mail.reconnect":
      return mailReconnect(ctx, message, handOn);
    case "mail.cliff":
      return mailCliff(ctx, message, handOn);
    case "mail.key_end":
      return mailKeyEnd(ctx, message, handOn);
    case "mail.account_changed":
      return mailAccountChanged(ctx, message, handOn);
    case "mail.viewed":
      return mailViewed(ctx, message, handOn);
    case "mail.approvals":
      return mailApprovals(ctx, message, handOn);
    case "mail.flow_note":
      return mailFlowNote(ctx, message, handOn);
    case "mail.incident":
      return mailIncident(ctx, message, handOn);
    case "mail.version":
      return mailVersion(ctx, message, handOn);
    case "mail.reveal":
      return mailReveal(ctx, message, handOn);
    case "mail.workspace_request":
      return mailWorkspaceRequest(ctx, message, handOn);
    case "mail.admin_added":
      return mailAdminAdded(ctx, message, handOn);
    case "mail.alarm":
      return mailAlarm(ctx, message, handOn);
    case "mail.digest":
      return mailDigest(ctx, message);
    case "mail.ending":
      return mailEnding(ctx, message, handOn);
    default:
      return message satisfies never;
  }
}
