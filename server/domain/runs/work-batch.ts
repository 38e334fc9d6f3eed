import { databaseAt, openDb } from "#db/client.ts";
import type { Place } from "#db/words/places.ts";
import type { Ctx } from "#server/ctx.ts";
import { placesOf } from "#server/domain/tenancy/place-of.ts";
import { newId } from "#server/ids.ts";
import { RunMessage } from "#server/messages.ts";
import { claimRuns } from "./claim-runs.ts";
import { type Engine, runLeaseMs, runMessage } from "./engine.ts";
import { type Commit, createGroupCommit } from "./group-commit.ts";
import { type LoadedRun, loadRuns } from "./load-runs.ts";
import { recordDeadLetter } from "./record-dead-letter.ts";
import { releaseOutcome, runJob } from "./run-job.ts";

/** When a run that nobody gave back may be claimed again. */
const afterLeaseS = Math.ceil(runLeaseMs / 1000) + 5;

/** A queue's message, as far as a consumer needs it. */
export interface QueueMessage {
  readonly id: string;
  readonly body: unknown;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

interface Hint {
  delivery: QueueMessage;
  message: RunMessage;
}

/**
 * Works off a batch of messages about runs. One statement claims what may be claimed, one batch reads what they need, all
 * of them then run side by side and share their writes where they are ready together. Each message is done with by itself, as
 * soon as its own run is written: a run that hangs holds back nobody else's.
 *
 * Fairness: a (tenant, job) has one open run at most, a tenant has a few lanes in a batch, and what goes on in a next message
 * goes to the end of the queue. So a tenant with a hundred slow steps waits behind everybody's first.
 */
export async function workBatch(ctx: Ctx, engine: Engine, deliveries: readonly QueueMessage[]): Promise<void> {
  const read: Hint[] = [];
  for (const delivery of deliveries) {
    const parsed = RunMessage.safeParse(delivery.body);
    if (parsed.success) read.push({ delivery, message: parsed.data });
    else await bury(ctx, delivery);
  }
  const places = await placesOf(
    ctx,
    read.map(({ message }) => message.tenant),
  );
  const hints = new Map<Place, Hint[]>();
  for (const hint of read) {
    const place = places.get(hint.message.tenant);
    // Of a client that is no more there is nothing to run.
    if (place === undefined) hint.delivery.ack();
    else hints.set(place, [...(hints.get(place) ?? []), hint]);
  }
  await Promise.all(
    [...hints].map(([place, own]) => workPlace(ctx, engine, place, own).catch((error: unknown) => putOff(ctx, place, own, error))),
  );
}

/** A D1 that does not answer, or is not bound, holds back its own clients alone. A run that was claimed all the same waits for its lease. */
function putOff(ctx: Ctx, place: Place, hints: readonly Hint[], error: unknown): void {
  ctx.log.error("runs of one D1 could not be begun", { place, runs: hints.length, error });
  for (const { delivery } of hints) delivery.retry({ delaySeconds: afterLeaseS });
}

/** A message that nobody can read, now or later: to the dead letters, which keep of it only that it came. */
async function bury(ctx: Ctx, delivery: QueueMessage): Promise<void> {
  ctx.log.error("a message about a run could not be read", { message: delivery.id });
  try {
    await recordDeadLetter(ctx, delivery.body);
    delivery.ack();
  } catch (error) {
    ctx.log.error("a dead letter could not be written", { message: delivery.id, error });
    delivery.retry({ delaySeconds: 30 });
  }
}

async function workPlace(ctx: Ctx, engine: Engine, place: Place, hints: readonly Hint[]): Promise<void> {
  const db = openDb(databaseAt(ctx.databases, place));
  const startedAt = ctx.now();
  const lease = newId("req", startedAt);
  const claimed = await claimRuns(db, { ids: [...new Set(hints.map(({ message }) => message.run))], lease, now: startedAt });
  const loaded = claimed.length > 0 ? await loadRuns(ctx, db, claimed, engine.jobs) : [];
  const waiting = new Map(loaded.map((each) => [each.run.id, each]));
  const commit = createGroupCommit(db, { lease, now: ctx.now });

  const lanes = new Map<string, (() => Promise<void>)[]>();
  for (const { delivery, message } of hints) {
    const run = waiting.get(message.run);
    // Claimed by another worker, done already, not due yet, or twice in this batch: all normal.
    if (!run) {
      delivery.ack();
      continue;
    }
    waiting.delete(message.run);
    const work = () => workRun(ctx, engine, { delivery, run, commit, late: ctx.now() - startedAt > engine.limits.startWithinMs });
    lanes.set(run.run.tenantId, [...(lanes.get(run.run.tenantId) ?? []), work]);
  }
  await Promise.all([...lanes.values()].flatMap((queue) => Array.from({ length: engine.limits.lanesPerTenant }, () => workLane(queue))));
}

async function workLane(queue: (() => Promise<void>)[]): Promise<void> {
  for (let work = queue.shift(); work; work = queue.shift()) await work();
}

async function workRun(
  ctx: Ctx,
  engine: Engine,
  { delivery, run, commit, late }: { delivery: QueueMessage; run: LoadedRun; commit: Commit; late: boolean },
): Promise<void> {
  try {
    const again = late ? await giveBack(ctx, run, commit) : await runJob(ctx, engine, run, commit);
    if (again) await ctx.send.runs([runMessage(run.run)], Math.ceil(again.delayMs / 1000));
    delivery.ack();
  } catch (error) {
    // Neither the outcome nor its failure could be written or sent: the row still says "running", until its lease ends.
    ctx.log.error("a run's outcome could not be written", { run: run.run.id, error });
    delivery.retry({ delaySeconds: afterLeaseS });
  }
}

async function giveBack(ctx: Ctx, { run }: LoadedRun, commit: Commit) {
  return (await commit(releaseOutcome(ctx, run))) ? { delayMs: 0 } : null;
}
