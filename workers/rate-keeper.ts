import { DurableObject } from "cloudflare:workers";
import { noteRates } from "#server/domain/health/note-rates.ts";
import type { Env } from "#server/env.ts";
import { createLog } from "#server/log.ts";
import { type Answer, type Ask, createRateBudget, type Failed, type Use } from "#server/rate-budget.ts";
import type { RateKeeper as Keeps, RatedAccount } from "#server/rate-leases.ts";
import { jobCtx } from "./context.ts";

const noteEveryMs = 60_000;

/** A page that misses a minute is no reason to hold a call back. */
async function noteTight(env: Env, account: RatedAccount, tight: readonly Use[]): Promise<void> {
  const log = createLog({ job: "rates" });
  try {
    await noteRates(jobCtx(env, "rates"), account, tight);
  } catch (error) {
    log.error("rates were not noted", { error });
  }
}

/** One account's budget: one object, wherever its calls are made. It keeps nothing but what it remembers. */
export class RateKeeper extends DurableObject<Env> implements Keeps {
  readonly #budget = createRateBudget();
  #noteAt = 0;

  async take(account: RatedAccount, ask: Ask): Promise<Answer> {
    const now = Date.now();
    const answer = this.#budget.take(ask, now);
    this.#note(account, now);
    return answer;
  }

  async fail(_account: RatedAccount, failed: Failed): Promise<void> {
    this.#budget.fail(failed, Date.now());
  }

  async well(_account: RatedAccount, service: string): Promise<void> {
    this.#budget.well(service);
  }

  /** Once a minute, for the agency's page, and only where there is something to see. */
  #note(account: RatedAccount, now: number): void {
    if (now < this.#noteAt) return;
    this.#noteAt = now + noteEveryMs;
    const tight = this.#budget.used(now).filter(({ share, waits }) => share >= 0.5 || waits > 0);
    if (tight.length === 0) return;
    this.ctx.waitUntil(noteTight(this.env, account, tight));
  }
}
