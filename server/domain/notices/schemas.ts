import * as z from "zod";
import { endNews } from "#db/words/connections.ts";
import { providerFaults } from "#db/words/incidents.ts";
import { approvalNews, chosenNoticeKinds, mailPaces, type NoticeParams, noticeKinds } from "#db/words/notices.ts";
import type { ErrorCode } from "#server/errors.ts";

export const ListOwnNotices = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(25),
});
export type ListOwnNotices = z.infer<typeof ListOwnNotices>;

/** One of the asker's own notices; without it all of them. */
export const MarkRead = z.object({ noticeId: z.string().max(60).optional() });
export type MarkRead = z.infer<typeof MarkRead>;

const Params = z.object({
  provider: z.string().optional(),
  fails: z.enum(providerFaults).optional(),
  over: z.boolean().optional(),
  news: z.enum(endNews).optional(),
  at: z.number().nullable().optional(),
  version: z.string().optional(),
  client: z.string().optional(),
  approvals: z.enum(approvalNews).optional(),
}) satisfies z.ZodType<NoticeParams>;

export const OwnNotice = z.object({
  id: z.string(),
  kind: z.enum(noticeKinds),
  subject: z.string(),
  params: Params,
  provider: z.object({ id: z.string(), name: z.string() }).nullable(),
  account: z.string().nullable().describe("What the connection is called that it is about."),
  createdAt: z.number(),
  readAt: z.number().nullable(),
  resolvedAt: z.number().nullable().describe("Since when its cause is gone."),
});
export type OwnNotice = z.infer<typeof OwnNotice>;

/** Unread ones, the newest first, and a page of the others. */
export const OwnNotices = z.object({ unread: z.array(OwnNotice), earlier: z.array(OwnNotice), next: z.string().nullable() });
export type OwnNotices = z.infer<typeof OwnNotices>;

/** HH:MM, as a clock shows it. */
export const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "time_wrong" satisfies ErrorCode);

/** How a person wants to be told; quiet hours by their own clock, both ends or neither. */
export const NoticePreferences = z
  .object({
    choices: z.partialRecord(z.enum(chosenNoticeKinds), z.object({ portal: z.boolean(), mail: z.enum(mailPaces) })),
    quietFrom: Time.nullable(),
    quietTo: Time.nullable(),
  })
  .refine(({ quietFrom, quietTo }) => (quietFrom === null) === (quietTo === null), {
    path: ["quietTo"],
    message: "quiet_hours_half" satisfies ErrorCode,
  });
export type NoticePreferences = z.infer<typeof NoticePreferences>;
