import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import { effects } from "./effects/registry.ts";
import { type Writing, writingOf } from "./effects/writing.ts";
import { stepOf } from "./outcome.ts";

/**
 * One D1 batch for the outcomes of many runs. Each effect is joined to its run still being held under the lease, so that a
 * worker which lost it writes nothing; the tenant and the job come from the run's row and not from whoever ran it. The
 * runs themselves are last, and answer which of them were held.
 */
export function outcomeStatements(db: Db, { outcomes, lease, now }: Pick<Writing, "outcomes" | "lease" | "now">) {
  const writing = writingOf(db, { outcomes, lease, now });
  const rows = outcomes.map((outcome) => [
    outcome.run,
    outcome.next.status,
    outcome.next.attempt,
    outcome.next.step,
    outcome.next.availableAt,
    outcome.next.errorKind,
    outcome.next.errorMessage,
    outcome.next.finishedAt,
    outcome.defect,
    outcome.next.errorParams,
    outcome.calls,
    stepOf(outcome),
  ]);
  const conclusion = db
    .update(runs)
    .set({
      status: sql`o.value->>1`,
      attempt: sql`o.value->>2`,
      step: sql`o.value->>3`,
      availableAt: sql`o.value->>4`,
      lease: sql`case o.value->>1 when 'running' then ${runs.lease} end`,
      errorKind: sql`o.value->>5`,
      errorMessage: sql`o.value->>6`,
      finishedAt: sql`o.value->>7`,
      defect: sql`coalesce(o.value->>8, ${runs.defect})`,
      errorParams: sql`o.value->>9`,
      // A batch that is sent again because its reply was lost counts them once.
      calls: sql`${runs.calls} + iif(${runs.step} = o.value->>11, o.value->>10, 0)`,
    })
    .from(sql`json_each(${JSON.stringify(rows)}) o`)
    .where(sql`${runs.id} = o.value->>0 and ${runs.lease} = ${lease} and ${runs.status} = 'running'`)
    .returning({ id: runs.id });
  return { effects: effects.flatMap((write) => write(writing)), conclusion };
}
