import { sql } from "drizzle-orm";
import { costs } from "#db/schema/index.ts";
import type { CostKind } from "#db/words/costs.ts";
import { addedTo, costDay, operationsOfMessage } from "#server/domain/costs/add-costs.ts";
import { type StepOutcome, stepOf } from "#server/domain/runs/outcome.ts";
import type { WriteRows } from "./writing.ts";

/**
 * What the step cost. Fenced by the step as well as by the lease, which a run that goes on keeps: a batch that is sent again because its
 * reply was lost adds nothing twice.
 */
export const writeCosts: WriteRows = ({ db, now, rows, held }) =>
  rows((outcome) => quantitiesOf(outcome).map(([kind, quantity]) => [kind, quantity, stepOf(outcome)])).map((json) =>
    db
      .insert(costs)
      .select(sql`select r.tenant_id, ${costDay(now)}, j.value->>0, '', j.value->>1 ${held(json)} and r.step = j.value->>2`)
      .onConflictDoUpdate(addedTo),
  );

function quantitiesOf({ found, logs, calls, next }: StepOutcome): [CostKind, number][] {
  const { measurements = [], orders = [], refunds = [], contents = [], parcels = [], products = [], customers = [] } = found ?? {};
  const variants = products.reduce((sum, { variants }) => sum + variants.length, 0);
  const rows = [measurements, orders, refunds, contents, parcels, products, customers, logs].reduce(
    (sum, { length }) => sum + length,
    variants,
  );
  const quantities: [CostKind, number][] = [
    ["runs", next.finishedAt === null ? 0 : 1],
    ["steps", found ? 1 : 0],
    ["provider_calls", calls],
    // A run that goes on here has used no message more.
    ["queue_operations", next.status === "running" ? 0 : operationsOfMessage],
    // And the run's own.
    ["rows_written", rows + 1],
  ];
  return quantities.filter(([, quantity]) => quantity > 0);
}
