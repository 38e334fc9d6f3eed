import { and, eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { actions } from "#db/schema/index.ts";
import { actionLeaseMs } from "./acting.ts";

/** The statement that takes so many of a client's actions that are due, those first that people decided, and answers them. */
export const claimingActions = (db: Db, { tenantId, share, lease, now }: { tenantId: string; share: number; lease: string; now: number }) =>
  db
    .update(actions)
    .set({
      status: sql`case ${actions.status} when 'undoing' then 'undoing' else 'executing' end`,
      lease,
      attempt: sql`${actions.attempt} + 1`,
      availableAt: now + actionLeaseMs,
    })
    .where(
      and(
        eq(actions.tenantId, tenantId),
        // Word for word what the index `actions_due` is of.
        sql`${actions.id} in (select id from actions where tenant_id = ${tenantId} and available_at is not null and available_at <= ${now}
          order by (decided_by = 'policy'), available_at limit ${share})`,
        sql`+${actions.status} in ('approved', 'executing', 'unsure', 'undoing')`,
      ),
    )
    .returning();
