import { inArray, sql } from "drizzle-orm";
import { databaseAt, openDb } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import type { Place } from "#db/words/places.ts";
import type { RunStatus } from "#db/words/runs.ts";
import type { Ctx } from "#server/ctx.ts";
import { placesOf } from "#server/domain/tenancy/place-of.ts";
import { DeadMessage, RunMessage } from "#server/messages.ts";
import { recordDeadLetter } from "./record-dead-letter.ts";
import type { QueueMessage } from "./work-batch.ts";

/**
 * Works off the dead-letter queue: our own word that a run is dead, and whatever the platform moved there. Our word is sent
 * before the run's death is written, so a run that is still running is asked after again, and one that lives is no letter.
 */
export async function workDead(ctx: Ctx, deliveries: readonly QueueMessage[]): Promise<void> {
  const deaths = deliveries.flatMap(({ body }) => {
    const parsed = DeadMessage.safeParse(body);
    return parsed.success ? [parsed.data] : [];
  });
  const statuses = await statusesOf(ctx, deaths);
  await Promise.all(
    deliveries.map(async (delivery) => {
      // Nothing of it is lost: whoever's turn it was gets another by the sweep.
      if (RunMessage.safeParse(delivery.body).success) return delivery.ack();
      const parsed = DeadMessage.safeParse(delivery.body);
      const status = parsed.success ? statuses.get(parsed.data.run) : "dead";
      if (status === "running") return delivery.retry({ delaySeconds: 30 });
      try {
        if (status === "dead") await recordDeadLetter(ctx, delivery.body);
        delivery.ack();
      } catch (error) {
        ctx.log.error("a dead letter could not be written", { message: delivery.id, error });
        delivery.retry({ delaySeconds: 30 });
      }
    }),
  );
}

async function statusesOf(ctx: Ctx, deaths: readonly DeadMessage[]): Promise<Map<string, RunStatus>> {
  const places = await placesOf(
    ctx,
    deaths.map(({ tenant }) => tenant),
  );
  const byPlace = new Map<Place, string[]>();
  for (const { tenant, run } of deaths) {
    const place = places.get(tenant);
    if (place !== undefined) byPlace.set(place, [...(byPlace.get(place) ?? []), run]);
  }
  const found = await Promise.all(
    [...byPlace].map(([place, ids]) =>
      openDb(databaseAt(ctx.databases, place))
        .select({ id: runs.id, status: runs.status })
        .from(runs)
        .where(inArray(runs.id, sql`(select value from json_each(${JSON.stringify(ids)}))`)),
    ),
  );
  return new Map(found.flat().map(({ id, status }) => [id, status]));
}
