import type { Env } from "#server/env.ts";
import type { Message } from "#server/messages.ts";
import { jobCtx } from "./context.ts";

/** One consumer for all queues: the queue's name says who works its messages off. */
export async function queueHandler(batch: MessageBatch<Message>, env: Env): Promise<void> {
  const ctx = jobCtx(env, batch.queue);
  ctx.log.info("batch", { messages: batch.messages.length });
}
