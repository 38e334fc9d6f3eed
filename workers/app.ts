import type { Env } from "#server/env.ts";
import type { Message } from "#server/messages.ts";
import { fetchHandler } from "./fetch.ts";
import { queueHandler } from "./queue.ts";
import { scheduledHandler } from "./scheduled.ts";

export { RateKeeper } from "./rate-keeper.ts";

export default {
  fetch: fetchHandler,
  scheduled: scheduledHandler,
  queue: queueHandler,
} satisfies ExportedHandler<Env, Message>;
