import { markAgencyRead, markRead } from "#server/domain/notices/mark-read.ts";
import { listAgencyNotices, listOwnNotices } from "#server/domain/notices/own-notices.ts";
import { ListOwnNotices, MarkRead, NoticePreferences, OwnNotices } from "#server/domain/notices/schemas.ts";
import { readNoticePreferences, setNoticePreferences } from "#server/domain/people/notice-preferences.ts";
import { member, personal, router, staff } from "#server/trpc/init.ts";

/** What a person was told, and how they want to be told. Each sees their own alone. */
export const notices = router({
  own: member("portal:read")
    .input(ListOwnNotices)
    .output(OwnNotices)
    .query(({ ctx, input }) => listOwnNotices(ctx, input)),
  markRead: member("portal:read")
    .input(MarkRead)
    .mutation(({ ctx, input }) => markRead(ctx, input)),
  ofAgency: staff
    .input(ListOwnNotices)
    .output(OwnNotices)
    .query(({ ctx, input }) => listAgencyNotices(ctx, input)),
  markAgencyRead: staff.input(MarkRead).mutation(({ ctx, input }) => markAgencyRead(ctx, input)),
  preferences: personal.output(NoticePreferences).query(({ ctx }) => readNoticePreferences(ctx)),
  setPreferences: personal.input(NoticePreferences).mutation(({ ctx, input }) => setNoticePreferences(ctx, input)),
});
