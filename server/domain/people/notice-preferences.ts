import { eq, sql } from "drizzle-orm";
import { noticePreferences, users } from "#db/schema/index.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import type { NoticePreferences } from "#server/domain/notices/schemas.ts";

/** How the person who asks wants to be told; of kinds that are not named, in the portal and by mail at once. */
export async function readNoticePreferences(ctx: Ctx): Promise<NoticePreferences> {
  const { userId } = requireUser(ctx);
  const [row] = await ctx.directory.select().from(noticePreferences).where(eq(noticePreferences.userId, userId));
  return { choices: row?.choices ?? {}, quietFrom: row?.quietFrom ?? null, quietTo: row?.quietTo ?? null };
}

/** Takes the place of what was chosen before; kinds that are not named keep what was chosen of them. */
export async function setNoticePreferences(ctx: Ctx, { choices, quietFrom, quietTo }: NoticePreferences): Promise<void> {
  const { userId } = requireUser(ctx);
  await commit(ctx, "user.updated", { user: userId }, [
    ctx.directory
      .insert(noticePreferences)
      .select(
        sql`select ${users.id}, ${JSON.stringify(choices ?? {})}, ${quietFrom ?? null}, ${quietTo ?? null} from ${users} where ${users.id} = ${userId}`,
      )
      .onConflictDoUpdate({
        target: noticePreferences.userId,
        set: {
          choices: sql`json_patch(${noticePreferences.choices}, excluded.choices)`,
          quietFrom: sql`excluded.quiet_from`,
          quietTo: sql`excluded.quiet_to`,
        },
      }),
  ]);
}
