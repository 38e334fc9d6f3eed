import { eq, sql } from "drizzle-orm";
import * as z from "zod";
import { databaseAt, openDb, placesIn } from "#db/client.ts";
import { runs, ticks, webhookDeliveries } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** The cron comes every minute; this long without it is no delay any more. */
const tickWithinS = 300;
/** The sweep sends what was lost again after two minutes: what nobody has begun with after this long is not worked off. */
const workWithinS = 900;
/** So many of what is due the longest are looked at: where nobody works a queue off, those are old however often they were sent again. */
const looked = 100;

const Check = z.object({ ok: z.boolean() });
const Aged = Check.extend({ ageS: z.number().nullable().describe("Seconds; null where there is none.") });

/** How Atrium itself is. No name of a client, a provider or a variable is in it. */
export const Healthz = z.object({
  ok: z.boolean(),
  checks: z.object({
    configuration: Check,
    database: Check,
    tick: Aged.extend({ failed: z.number().describe("Chores of the last tick that failed.") }).describe("The last tick of the cron."),
    runs: Aged.describe("How long the oldest run waits that is due and was never begun."),
    deliveries: Aged.describe("How long the oldest event of a provider waits that was never worked on."),
  }),
});
export type Healthz = z.infer<typeof Healthz>;

const unknown = { ok: false, ageS: null };

/** What is answered where not even the configuration can be read. */
export const unconfigured: Healthz = {
  ok: false,
  checks: { configuration: { ok: false }, database: { ok: false }, tick: { ...unknown, failed: 0 }, runs: unknown, deliveries: unknown },
};

/**
 * Looks at the database, the cron and the queues, in three statements of a hundred rows at most, by an index. Before the first tick ever there is
 * none to be late. Throws nothing: a database that does not answer is what it tells of.
 */
export async function lookAround(ctx: Ctx): Promise<Healthz> {
  const found = await ask(ctx).catch((error: unknown) => {
    ctx.log.error("the database does not answer", { error });
    return null;
  });
  if (!found) return { ok: false, checks: { ...unconfigured.checks, configuration: { ok: true } } };
  const ageOf = (at: number | null) => (at === null ? null : Math.max(0, Math.round((ctx.now() - at) / 1000)));
  const within = (at: number | null, most: number) => ({ ok: (ageOf(at) ?? 0) <= most, ageS: ageOf(at) });
  const checks = {
    configuration: { ok: true },
    database: { ok: true },
    tick: { ...within(found.tick?.at ?? null, tickWithinS), failed: found.tick?.failed.length ?? 0 },
    runs: within(found.run, workWithinS),
    deliveries: within(found.delivery, workWithinS),
  };
  return { ok: Object.values(checks).every(({ ok }) => ok), checks };
}

async function ask(ctx: Ctx) {
  const [tick] = await ctx.directory.select().from(ticks).where(eq(ticks.id, "cron"));
  const found = await Promise.all(
    placesIn(ctx.databases).map((place) => {
      const db = openDb(databaseAt(ctx.databases, place));
      return db.batch([
        // The conditions are literal, as the indexes have them.
        db.select({ at: sql<number | null>`min(created_at)` }).from(
          sql`(select created_at, started_at from ${runs} where status in ('queued', 'running') and status = 'queued'
            and available_at <= ${ctx.now()} order by available_at limit ${looked}) where started_at is null`,
        ),
        db
          .select({ at: sql<number | null>`min(received_at)` })
          .from(
            sql`(select received_at, attempts from ${webhookDeliveries} where status = 'received' order by sent_at limit ${looked}) where attempts = 0`,
          ),
      ]);
    }),
  );
  const first = (ats: (number | null | undefined)[]) =>
    ats.reduce<number | null>((least, at) => (at != null && (least === null || at < least) ? at : least), null);
  return { tick, run: first(found.map(([[row]]) => row?.at)), delivery: first(found.map(([, [row]]) => row?.at)) };
}
