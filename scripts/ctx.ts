import type { Ctx } from "#server/ctx.ts";
import { type Env, readConfig } from "#server/env.ts";
import { createLog } from "#server/log.ts";
import { buildJobCtx } from "#workers/build-ctx.ts";

/** What a script reaches of an Atrium. */
export type Bindings = Pick<Env, "DB" | "RUNS" | "ACTIONS" | "MAIL" | "TOKENS" | "TASKS" | "EXPORTS" | "DEAD">;

/**
 * The context of a script: the verbs that the Worker has, on bindings that are reached from outside of it. Its configuration is
 * `variables` and nothing else: wrangler and Miniflare mix what they found in a .dev.vars among the bindings, and a key from there
 * would seal what the Worker can never open.
 */
export function scriptCtx(bindings: Bindings, variables: Record<string, string>, script: string): Ctx {
  const { DB, RUNS, ACTIONS, MAIL, TOKENS, TASKS, EXPORTS, DEAD } = bindings;
  const env = { ...variables, DB, RUNS, ACTIONS, MAIL, TOKENS, TASKS, EXPORTS, DEAD } as Partial<Env> as Env;
  readConfig(env);
  return {
    ...buildJobCtx({ env, connect: noSockets }, script),
    log: createLog({ script }, (line) => void process.stderr.write(`${line}\n`)),
  };
}

const noSockets = () => {
  throw new Error("A script opens no socket: it queues mail, and the Worker sends it.");
};
