import type { EndNews } from "./connections.ts";
import type { ProviderFault } from "./incidents.ts";

/** What a client's people are told of. */
export const clientNoticeKinds = ["reconnect", "cliff", "key_end", "account_changed", "viewed", "approvals", "flow_note"] as const;
/** What the agency's admins are told of. */
export const agencyNoticeKinds = ["incident", "reveal", "version", "workspace_request"] as const;
/** What the agency's admins are told of whatever they wish: it is about who sees all clients. */
export const securityNoticeKinds = ["admin_added"] as const;
/** What a person may wish to be told otherwise. */
export const chosenNoticeKinds = [...clientNoticeKinds, ...agencyNoticeKinds] as const;
export const noticeKinds = [...chosenNoticeKinds, ...securityNoticeKinds] as const;
export type ClientNoticeKind = (typeof clientNoticeKinds)[number];
export type AgencyNoticeKind = (typeof agencyNoticeKinds)[number];
export type ChosenNoticeKind = (typeof chosenNoticeKinds)[number];
export type NoticeKind = (typeof noticeKinds)[number];

/** When a person's mail about something goes out: at once, gathered into one mail a day, or not at all. */
export const mailPaces = ["now", "daily", "off"] as const;
export type MailPace = (typeof mailPaces)[number];

/** What one person chose of one kind. Who chose nothing sees it in the portal and gets its mail at once. */
export interface NoticeChoice {
  portal: boolean;
  mail: MailPace;
}
export type NoticeChoices = Partial<Record<ChosenNoticeKind, NoticeChoice>>;

/** Why people are told of what waits to be approved: it does; the day's budget is spent; or an automation acts by itself no more. */
export const approvalNews = ["waiting", "full", "fell_back"] as const;
export type ApprovalNews = (typeof approvalNews)[number];

/** The facts of a notice that its subject's own row does not say: codes, ids and instants. Never a secret, an address or a name. */
export interface NoticeParams {
  provider?: string;
  /** Of an incident: what fails, and whether it is over. */
  fails?: ProviderFault;
  over?: boolean;
  /** Of the end of a key, and of an access: what is new, and the day that it is about. */
  news?: EndNews;
  at?: number | null;
  version?: string;
  /** Of a request to see a secret: the client whose it is. */
  client?: string;
  /** Of what waits to be approved. */
  approvals?: ApprovalNews;
}
