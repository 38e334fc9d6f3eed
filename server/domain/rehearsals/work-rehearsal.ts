import { and, eq, gte, type SQL, sql } from "drizzle-orm";
import { customers, rehearsals, rehearsed } from "#db/schema/index.ts";
import type { RehearsalVariant } from "#db/words/rehearsals.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { TaskMessage } from "#server/messages.ts";
import { readPast } from "./past-shop.ts";
import { rehearse, type Touched } from "./rehearse.ts";
import { sumTouched } from "./sum-touched.ts";

/** Tries of one step before a rehearsal has failed. */
const maxAttempts = 3;
/** Longer than an invocation of a queue may last (15 minutes). */
const leaseMs = 16 * 60_000;
/** What one message does: what else the isolate has to do comes in between. */
const stepMs = 10_000;
const customersAPage = 500;
/** What D1 takes at once is bounded, and what one page comes to is not. */
const rowsAStatement = 1_000;

type Row = typeof rehearsals.$inferSelect;

/**
 * Goes on with a rehearsal that waits, a page of customers after the other, each in one batch with where to go on from; then a further
 * message does the rest. Killed anywhere, the next one goes on from the last page; twice at once one does nothing. Throws what went wrong,
 * so that the queue tries again; after three tries of one step it has failed.
 */
export async function workRehearsal(outer: Ctx, message: Extract<TaskMessage, { type: "rehearsal" }>): Promise<void> {
  const tenant = await ifFound(findTenant(outer, message.tenant));
  if (!tenant) return;
  const ctx = enterTenant({ ...outer, actor: { type: "system", job: "rehearsal" } }, tenant, "system");
  const held = await claim(ctx, message.automation);
  if (held === null) return;
  try {
    await takePages(ctx, held);
  } catch (error) {
    const last = sql`${rehearsals.attempts} >= ${maxAttempts}`;
    await ctx.db
      .update(rehearsals)
      .set({ leaseUntil: null, status: sql`iif(${last}, 'failed', ${rehearsals.status})` })
      .where(mine(ctx, held));
    throw error;
  }
}

/** All that is written is joined to the lease, and to the rehearsal that it was taken for. */
const mine = (ctx: TenantCtx, { automation, id, leaseUntil }: Pick<Row, "automation" | "id" | "leaseUntil">): SQL =>
  inTenant(
    ctx,
    rehearsals,
    and(
      eq(rehearsals.automation, automation),
      eq(rehearsals.id, id),
      eq(rehearsals.status, "waiting"),
      sql`${rehearsals.leaseUntil} = ${leaseUntil}`,
    ),
  );

/** Null where somebody is at it, or it is over. */
async function claim(ctx: TenantCtx, automation: string): Promise<Row | null> {
  const now = ctx.now();
  const waits = inTenant(
    ctx,
    rehearsals,
    and(
      eq(rehearsals.automation, automation),
      eq(rehearsals.status, "waiting"),
      sql`(${rehearsals.leaseUntil} is null or ${rehearsals.leaseUntil} <= ${now})`,
    ),
  );
  const [, [claimed]] = await ctx.db.batch([
    // Whoever was at the last try died of it.
    ctx.db
      .update(rehearsals)
      .set({ status: "failed", leaseUntil: null })
      .where(and(waits, gte(rehearsals.attempts, maxAttempts))),
    ctx.db
      .update(rehearsals)
      .set({ attempts: sql`${rehearsals.attempts} + 1`, leaseUntil: now + leaseMs })
      .where(waits)
      .returning(),
  ]);
  return claimed ?? null;
}

async function takePages(ctx: TenantCtx, held: Row): Promise<void> {
  const automation = findAutomation(held.automation);
  let countedAt = ctx.now();
  const until = countedAt + stepMs;
  for (let { progress, totals } = held; ; ) {
    const past = await readPast(ctx, { shopId: held.connectionId, after: progress.after, limit: customersAPage });
    // A Worker's clock stands still while it computes: what the page before took is seen only now, and the last one's by a page of nobody.
    const tookMs = progress.tookMs + ctx.now() - countedAt;
    countedAt = ctx.now();
    const over = past.length === 0;
    const { fromDay, toDay } = held;
    const { timezone, currency } = ctx.tenant;
    const asked = { ...{ automation, fromDay, toDay, timezone, currency }, ordersReadAt: held.ordersReadAt };
    const today = await rehearse(past, { ...asked, config: held.today });
    const tried = await rehearse(past, { ...asked, config: held.tried });
    const { rows, sums } = sumTouched(totals, { today, tried }, { fromDay, timezone });
    totals = sums;
    const done = progress.done + past.length;
    progress = {
      // Of whom it was last is not kept once it is over.
      after: past.at(-1)?.customerId ?? null,
      done,
      of: Math.max(progress.of, done),
      tookMs,
    };
    const goesOn = !over && ctx.now() < until;
    const [still] = await ctx.db.batch([
      ctx.db.select({ id: rehearsals.id }).from(rehearsals).where(mine(ctx, held)),
      ...keep(ctx, held, "today", rows.today),
      ...keep(ctx, held, "tried", rows.tried),
      ctx.db
        .update(rehearsals)
        .set({
          ...{ progress, totals, attempts: 0 },
          ...(over && { status: "done" as const, doneAt: ctx.now(), leaseUntil: null }),
          ...(!over && !goesOn && { sentAt: ctx.now(), leaseUntil: null }),
        })
        .where(mine(ctx, held)),
    ]);
    // Somebody else is at it, or another one was begun.
    if (still.length === 0 || over) return;
    if (!goesOn) return ctx.send.tasks([{ v: 1, type: "rehearsal", tenant: ctx.tenant.id, automation: held.automation }]);
  }
}

/** Rows of customers who are there still: one who was erased since the page was read does not come back. */
const keep = (ctx: TenantCtx, held: Row, variant: RehearsalVariant, touched: readonly (Touched & { differs: boolean })[]) =>
  chunksOf(touched, rowsAStatement).map((rows) =>
    ctx.db
      .insert(rehearsed)
      .select(
        sql`select ${ctx.tenant.id}, ${held.automation}, ${variant}, j.value ->> 'dedupe', ${held.connectionId}, j.value ->> 'customerId', j.value ->> 'at',
          j.value -> 'stake', j.value ->> 'over', j.value ->> 'orders', j.value -> 'spent', j.value ->> 'differs'
        from json_each(${JSON.stringify(rows)}) j where exists (select 1 from ${rehearsals} where ${mine(ctx, held)})
          and (j.value ->> 'customerId' is null or exists (select 1 from ${customers} c where c.tenant_id = ${ctx.tenant.id}
            and c.connection_id = ${held.connectionId} and c.external_id = j.value ->> 'customerId'))`,
      )
      .onConflictDoNothing(),
  );

function chunksOf<Of>(all: readonly Of[], size: number): Of[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, place) => all.slice(place * size, (place + 1) * size));
}
