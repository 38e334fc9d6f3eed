import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import type { Db, Statement } from "#db/client.ts";
import { notices } from "#db/schema/index.ts";
import type { NoticeKind } from "#db/words/notices.ts";
import type { Ctx } from "#server/ctx.ts";
import { homeOf } from "./home-of.ts";

interface Gone {
  /** "" for the agency's own. */
  tenant: string;
  kinds: readonly NoticeKind[];
  subject: string;
  /** Only where this holds. */
  where?: SQL | undefined;
}

/**
 * The cause of these notices is gone: they count as unread no more, and their mail that waits is not sent. A statement, for the batch
 * in which it goes.
 */
export const retracted = (db: Db, now: number, { tenant, kinds, subject, where }: Gone): Statement =>
  db
    .update(notices)
    .set({ resolvedAt: now, mailDueAt: null })
    .where(
      and(eq(notices.tenantId, tenant), eq(notices.subject, subject), inArray(notices.kind, [...kinds]), isNull(notices.resolvedAt), where),
    );

/** As `retracted`, by itself, after what is done. What cannot be written is only seen for longer. */
export async function retract(ctx: Ctx, gone: Gone): Promise<void> {
  try {
    await retracted(await homeOf(ctx, gone.tenant), ctx.now(), gone);
  } catch (error) {
    ctx.log.error("a notice was not taken back", { ...gone, where: undefined, error });
  }
}
