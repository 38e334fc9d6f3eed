import { databaseAt, openDb } from "#db/client.ts";
import type { Place } from "#db/words/places.ts";
import type { Ctx } from "#server/ctx.ts";
import { placesOf } from "#server/domain/tenancy/place-of.ts";
import { type EndedTurn, endTurns } from "#server/domain/turns/end-turns.ts";
import { grouped } from "#server/domain/turns/grouped.ts";
import { shareOf } from "#server/domain/turns/share-of.ts";
import { newId } from "#server/ids.ts";
import { RunMessage } from "#server/messages.ts";
import { claimRuns } from "./claim-runs.ts";
import { type Engine, runLeaseMs } from "./engine.ts";
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

interface Turn {
  delivery: QueueMessage;
  message: RunMessage;
}

/**
 * Works off a batch of turns. One statement claims each tenant's share of what is due, one batch reads what they need, all of them then
 * run side by side and share their writes where they are ready together. A turn ends by itself, as soon as its tenant's own runs are
 * written: a run that hangs holds back nobody else's.
 *
 * Fairness: a tenant stands in the queue once, has a share of each batch, and goes to the end of the queue. So a tenant with a hundred
 * slow steps waits behind everybody's first.
 */
export async function workBatch(ctx: Ctx, engine: Engine, deliveries: readonly QueueMessage[]): Promise<void> {
  const read: Turn[] = [];
  for (const delivery of deliveries) {
    const parsed = RunMessage.safeParse(delivery.body);
    if (parsed.success) read.push({ delivery, message: parsed.data });
    else await bury(ctx, delivery);
  }
  const places = await placesOf(
    ctx,
    read.map(({ message }) => message.tenant),
  );
  const turns = new Map<Place, Turn[]>();
  for (const turn of read) {
    const place = places.get(turn.message.tenant);
    // Of a client that is no more there is nothing to run.
    if (place === undefined) turn.delivery.ack();
    else turns.set(place, [...(turns.get(place) ?? []), turn]);
  }
  await Promise.all(
    [...turns].map(([place, own]) =>
      workPlace(ctx, engine, { place, turns: own, of: read.length }).catch((error: unknown) => putOff(ctx, place, own, error)),
    ),
  );
}

/** A D1 that does not answer, or is not bound, holds back its own clients alone. A run that was claimed all the same waits for its lease. */
function putOff(ctx: Ctx, place: Place, turns: readonly Turn[], error: unknown): void {
  ctx.log.error("runs of one D1 could not be begun", { place, turns: turns.length, error });
  for (const { delivery } of turns) delivery.retry({ delaySeconds: afterLeaseS });
}

/** A message that nobody can read, now or later: to the dead letters, which keep of it only that it came. */
async function bury(ctx: Ctx, delivery: QueueMessage): Promise<void> {
  ctx.log.error("a message about runs could not be read", { message: delivery.id });
  try {
    await recordDeadLetter(ctx, delivery.body);
    delivery.ack();
  } catch (error) {
    ctx.log.error("a dead letter could not be written", { message: delivery.id, error });
    delivery.retry({ delaySeconds: 30 });
  }
}

/** `of`: how many turns the whole batch has. */
async function workPlace(
  ctx: Ctx,
  engine: Engine,
  { place, turns, of }: { place: Place; turns: readonly Turn[]; of: number },
): Promise<void> {
  const db = openDb(databaseAt(ctx.databases, place));
  const startedAt = ctx.now();
  const lease = newId("req", startedAt);
  // A turn that comes twice in one batch is one.
  const tenants = new Map<string, Turn[]>();
  for (const turn of turns) tenants.set(turn.message.tenant, [...(tenants.get(turn.message.tenant) ?? []), turn]);
  const claimed = await claimRuns(db, { tenantIds: [...tenants.keys()], share: shareOf(of, engine.limits.share), lease, now: startedAt });
  const loaded = claimed.length > 0 ? await loadRuns(ctx, db, claimed, engine.jobs) : [];
  const commit = createGroupCommit(db, { lease, now: ctx.now });
  const end = grouped((ended: readonly EndedTurn[]) => endTurns(ctx, db, "runs", ended), turns.length);
  const lanes = shareOf(of, engine.limits.lanes);

  await Promise.all(
    [...tenants].map(async ([tenant, own]) => {
      const due = loaded.filter(({ run }) => run.tenantId === tenant);
      const work = due.map((run) => () => workRun(ctx, engine, { run, commit, startedAt }));
      await Promise.all(Array.from({ length: lanes }, () => workLane(work)));
      try {
        await end({ tenant, turn: Math.max(...own.map(({ message }) => message.turn)) });
        for (const { delivery } of own) delivery.ack();
      } catch (error) {
        ctx.log.error("a turn could not be ended", { tenant, error });
        for (const { delivery } of own) delivery.retry({ delaySeconds: afterLeaseS });
      }
    }),
  );
}

async function workLane(work: (() => Promise<void>)[]): Promise<void> {
  for (let next = work.shift(); next; next = work.shift()) await next();
}

async function workRun(
  ctx: Ctx,
  engine: Engine,
  { run, commit, startedAt }: { run: LoadedRun; commit: Commit; startedAt: number },
): Promise<void> {
  try {
    if (ctx.now() - startedAt > engine.limits.startWithinMs) await commit(releaseOutcome(ctx, run.run));
    else await runJob(ctx, engine, run, commit);
  } catch (error) {
    // Neither the outcome nor its failure could be written: the row still says "running", and is due again when its lease ends.
    ctx.log.error("a run's outcome could not be written", { run: run.run.id, error });
  }
}
