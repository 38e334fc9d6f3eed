import type { Ctx } from "#server/ctx.ts";
import type { Env } from "#server/env.ts";

/** What every HTTP route of the Worker is handed. */
export type HttpEnv = { Bindings: Env; Variables: { requestId: string; nonce: string; ctx: Ctx } };
