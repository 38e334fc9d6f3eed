import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { turns } from "#db/schema/index.ts";
import type { TurnQueue } from "#db/words/turns.ts";

/**
 * Gives a turn at a queue to clients of whose work something is due now: `who` asks for their ids (`tenant_id`). It goes in one batch with
 * what makes that work due, so that none is forgotten; what it answers is to be sent (`sendTurns`). Who stands in the queue gets no second
 * turn: nobody has a larger part of it because more of theirs waits.
 */
export const givingTurns = (db: Db, queue: TurnQueue, { who, now }: { who: SQL; now: number }) =>
  db
    .insert(turns)
    .select(
      sql`select distinct w.tenant_id, ${queue}, 1, ${now} from (${who}) w left join ${turns} t on t.tenant_id = w.tenant_id and t.queue = ${queue}
        where t.at is null or t.at > ${now}`,
    )
    .onConflictDoUpdate({ target: [turns.tenantId, turns.queue], set: { number: sql`${turns.number} + 1`, at: now } })
    .returning({ tenantId: turns.tenantId, number: turns.number, at: turns.at });
