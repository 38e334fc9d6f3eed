import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { tryAgain } from "#db/patient-d1.ts";
import { actions, runs, turns } from "#db/schema/index.ts";
import type { TurnQueue } from "#db/words/turns.ts";
import type { Ctx } from "#server/ctx.ts";
import { sendTurns } from "./send-turns.ts";

/** When the next of a client's work is due: what a worker holds, when its lease ends. */
const nextDue = {
  runs: sql`(select min(r.available_at) from ${runs} r where r.tenant_id = ${turns.tenantId} and r.status in ('queued', 'running'))`,
  // The first of both parts of the index `actions_due`, however many are behind it.
  actions: sql`(select min(at) from (
    select * from (select a.available_at as at from ${actions} a where a.tenant_id = ${turns.tenantId} and (decided_by = 'policy') = 0
      and a.available_at is not null order by a.available_at limit 1)
    union all select * from (select a.available_at from ${actions} a where a.tenant_id = ${turns.tenantId} and (decided_by = 'policy') = 1
      and a.available_at is not null order by a.available_at limit 1)))`,
} satisfies Record<TurnQueue, unknown>;

/** Whose turn it was, and which. */
export interface EndedTurn {
  tenant: string;
  turn: number;
}

/**
 * Ends turns, and puts their clients at the end of the queue again: at once where more is due, else for when
 * something is. A turn that is not the client's latest is followed by none, but where the latest stands for later than something is due:
 * one that was ended early (`beside`) is ended again when its work is done.
 */
export async function endTurns(ctx: Ctx, db: Db, queue: TurnQueue, ended: readonly EndedTurn[], beside = 0): Promise<void> {
  const now = ctx.now();
  const next = sql`max(${now}, ${nextDue[queue]})`;
  const following = await tryAgain(() =>
    db
      .update(turns)
      .set({ number: sql`${turns.number} + 1`, at: next })
      .from(sql`json_each(${JSON.stringify(ended.map(({ tenant, turn }) => [tenant, turn]))}) e`)
      .where(sql`${turns.tenantId} = e.value->>0 and ${turns.queue} = ${queue}
        and (${turns.number} = e.value->>1 or (${turns.number} > e.value->>1 and coalesce(${turns.at}, 9e15) > ${next}))`)
      .returning({ tenantId: turns.tenantId, number: turns.number, at: turns.at }),
  );
  await sendTurns(ctx, queue, following, beside);
}
