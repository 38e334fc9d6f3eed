import { and, eq, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import type { Db } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { tell } from "#server/domain/notices/notify.ts";
import { warningAt, type warningDays } from "./cliffs.ts";

const dayMs = 86_400_000;
const pageSize = 100;

interface Warning {
  id: string;
  tenantId: string;
  cliffAt: number;
  days: (typeof warningDays)[number];
  /** The warning before this one. */
  warned: number | null;
}

/**
 * Warns the people of clients of what will end although everything works: 30, 14 and 3 days ahead, once each. A chore that runs
 * twice finds them warned; one that was away for days sends the warning of today and none of those that it missed. Answers how
 * many were sent.
 */
export async function warnCliffs(ctx: Ctx): Promise<number> {
  const sent = await Promise.all(
    acrossTenants(ctx).map(async ({ db }) => {
      let sum = 0;
      for (const warning of await claimWarnings(db, ctx.now())) if (await send(ctx, db, warning)) sum++;
      return sum;
    }),
  );
  return sent.reduce((sum, count) => sum + count, 0);
}

/** Marks those that are due, each only where nobody else did meanwhile. */
async function claimWarnings(db: Db, now: number): Promise<Warning[]> {
  const due = await dueWarnings(db, now);
  if (due.length === 0) return [];
  const w = sql`json_each(${JSON.stringify(due)}) w`;
  const claimed = await db
    .update(connections)
    .set({ cliffWarned: sql`w.value->>'days'` })
    .from(w)
    .where(and(eq(connections.id, sql`w.value->>'id'`), sql`${connections.cliffWarned} is w.value->>'warned'`))
    .returning({ id: connections.id });
  return due.filter(({ id }) => claimed.some((row) => row.id === id));
}

async function dueWarnings(db: Db, now: number): Promise<Warning[]> {
  const rows = await unwarned(db, now);
  return rows.flatMap(({ cliffAt, ...row }) => {
    const days = cliffAt === null ? null : warningAt(cliffAt - now);
    return cliffAt === null || days === null ? [] : [{ ...row, cliffAt, days }];
  });
}

/** One range of the index `connections_warn` for each warning that is due after the one before it. */
export function unwarned(db: Db, now: number) {
  const columns = { id: connections.id, tenantId: connections.tenantId, cliffAt: connections.cliffAt, warned: connections.cliffWarned };
  const within = (last: SQL, days: number) =>
    db
      .select(columns)
      .from(connections)
      // Literal as the index has it: SQLite does not see bound values when it picks one.
      .where(sql`status = 'active' and cliff_at is not null and ${last} and cliff_at > ${now} and cliff_at <= ${now + days * dayMs}`);
  return unionAll(within(sql`cliff_warned is null`, 30), within(sql`cliff_warned = 30`, 14), within(sql`cliff_warned = 14`, 3)).limit(
    pageSize,
  );
}

/** Tells its people. Where that fails the warning is given back, for the next tick. */
async function send(ctx: Ctx, db: Db, { id, tenantId, days, warned, cliffAt }: Warning): Promise<boolean> {
  try {
    const mail = { v: 1, type: "mail.cliff", tenant: tenantId, connection: id, days } as const;
    await tell(ctx, { mail, event: `${days} ${cliffAt}`, params: { at: cliffAt } });
    return true;
  } catch (error) {
    ctx.log.error("the mail about a cliff was not queued", { connection: id, days, error });
    await db
      .update(connections)
      .set({ cliffWarned: warned })
      .where(and(eq(connections.id, id), eq(connections.cliffWarned, days)));
    return false;
  }
}
