import * as z from "zod";
import { listDeadLetters } from "#server/domain/runs/list-dead-letters.ts";
import { replayDeadLetter } from "#server/domain/runs/replay-dead-letter.ts";
import { listReplayable, replayLetters } from "#server/domain/runs/replay-letters.ts";
import { ListDeadLetters, Matching, ReplayedLetters, ReplayLetters, WhichLetters } from "#server/domain/runs/schemas.ts";
import { router, staff } from "#server/trpc/init.ts";
import { DeadLetters, Replayed } from "#server/trpc/replies.ts";
import { wordedLetters } from "#server/trpc/say-letters.ts";

/** What the queues gave up on. */
export const deadLetters = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/dead-letters", summary: "What the queues gave up on" } })
    .input(ListDeadLetters)
    .output(DeadLetters)
    .query(async ({ ctx, input }) => wordedLetters(ctx, await listDeadLetters(ctx, input))),
  /** What `replayAll` would replay, by client and job. */
  replayable: staff
    .input(WhichLetters)
    .output(Matching)
    .query(({ ctx, input }) => listReplayable(ctx, input)),
  replay: staff
    .meta({ openapi: { method: "POST", path: "/dead-letters/{letterId}/replay", summary: "Give a run all its tries again" } })
    .input(z.object({ letterId: z.string().max(60) }))
    .output(Replayed)
    .mutation(({ ctx, input }) => replayDeadLetter(ctx, input)),
  replayAll: staff
    .meta({
      openapi: {
        method: "POST",
        path: "/dead-letters/replay",
        summary: "Replay all dead letters of a job, a cause or a client, 50 at a time; with `dryRun` only count them",
      },
    })
    .input(ReplayLetters)
    .output(ReplayedLetters)
    .mutation(({ ctx, input }) => replayLetters(ctx, input)),
});
