import type { Ctx } from "#server/ctx.ts";
import type { Env } from "#server/env.ts";

/** What every HTTP route of the Worker is handed. */
export type Door = { Bindings: Env; Variables: { ctx: Ctx; nonce: string } };
