import type { Env } from "#server/env.ts";
import { jobCtx } from "./context.ts";

/** Every minute: send what is due, then what was lost. */
export async function scheduledHandler(controller: ScheduledController, env: Env): Promise<void> {
  const ctx = jobCtx(env, "cron");
  ctx.log.info("tick", { at: controller.scheduledTime });
}
