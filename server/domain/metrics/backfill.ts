import { and, eq, sql } from "drizzle-orm";
import { askAllKept, keep } from "#db/kept.ts";
import { connections, orders } from "#db/schema/index.ts";
import type { RunStatus } from "#db/words/runs.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { readConnections, readSchedules } from "./read-standing.ts";
import type { Backfill } from "./schemas.ts";

const shop = "shopify";
/** Those that fetch its orders; others are told from what these have stored, and may have found nothing before. */
const fetching = new Set(sensors.filter(({ wokenBy = [] }) => wokenBy.includes(`${shop}.orders`)).map(({ id }) => id));

/** After these it is not being read: what comes next is the job's next slot. */
const stopped: ReadonlySet<string> = new Set<RunStatus>(["failed", "dead", "cancelled"]);

interface Standing {
  scheduleRows: readonly {
    job: string;
    enabled: boolean;
    blocked: string | null;
    lastSuccessAt: number | null;
    lastStatus: string | null;
  }[];
  connectionRows: readonly { provider: string; status: string }[];
}

/** Whether a shop's history is being read for the first time: from the consent until its first figures are there, or it failed or was cancelled. */
export function isFirstReading({ scheduleRows, connectionRows }: Standing): boolean {
  const reading = scheduleRows.filter(({ job }) => fetching.has(job));
  return (
    connectionRows.some(({ provider, status }) => provider === shop && status === "active") &&
    reading.some(({ enabled, blocked, lastStatus }) => enabled && blocked === null && !stopped.has(lastStatus ?? "")) &&
    reading.every(({ lastSuccessAt }) => lastSuccessAt === null)
  );
}

const countOrders = keep((db) =>
  db
    .select({
      orders: sql<number>`count(*)`,
      from: sql<string | null>`min(${orders.day})`,
      to: sql<string | null>`max(${orders.day})`,
    })
    .from(orders)
    .where(
      inTenant(
        anyTenant,
        orders,
        sql`${orders.connectionId} in (select ${connections.id} from ${connections}
          where ${inTenant(anyTenant, connections, and(eq(connections.provider, shop), eq(connections.status, "active")))})`,
      ),
    ),
);

/** What has been read of the shop so far: counted in an index, and only while it is read for the first time. */
export async function readOrdersSoFar({ db, tenant }: Pick<TenantCtx, "db" | "tenant">): Promise<Backfill> {
  const [[sofar]] = await askAllKept(db, [countOrders({ tenant: tenant.id })]);
  return sofar ?? { orders: 0, from: null, to: null };
}

/** The same for who looks again and again: null once there is nothing to wait for. */
export async function readBackfill(ctx: TenantCtx): Promise<Backfill | null> {
  const own = { tenant: ctx.tenant.id };
  const [scheduleRows, connectionRows] = await askAllKept(ctx.db, [readSchedules(own), readConnections(own)]);
  return isFirstReading({ scheduleRows, connectionRows }) ? readOrdersSoFar(ctx) : null;
}
