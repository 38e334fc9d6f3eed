import { DurableObject } from "cloudflare:workers";
import { openCounters } from "#sandbox/control/counters.ts";
import { openFaults } from "#sandbox/control/faults.ts";
import { controlRoutes } from "#sandbox/control/routes.ts";
import { seedKeys } from "#sandbox/keys/mint.ts";
import { openLedger } from "#sandbox/oauth/ledger.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { openShelf } from "#sandbox/shop/shelf.ts";
import { dispatch } from "./dispatch.ts";
import { openEffects } from "./effects.ts";
import { openPlaces } from "./places.ts";
import { openWritten } from "./written.ts";

interface SandboxEnv {
  SANDBOX: DurableObjectNamespace<Sandbox>;
  /** Comma-separated origins whose callbacks are registered. */
  REDIRECT_ORIGINS: string;
  /** How many orders a generated stand-in for the real shop has. */
  GENERATED_ORDERS: string;
}

/** All of the sandbox's state: one object, so that every request sees the last one's effect. */
export class Sandbox extends DurableObject<SandboxEnv> {
  #answer = this.#open();

  #open(): (request: Request) => Promise<Response> {
    const { storage } = this.ctx;
    const faults = openFaults();
    const counters = openCounters();
    const ledger = openLedger(storage.sql);
    const places = openPlaces(storage.sql);
    seedKeys(ledger, Date.now());
    const state: SandboxState = {
      ledger,
      shops: openShelf(storage.sql, Number(this.env.GENERATED_ORDERS), places),
      places,
      subscriptions: new Map(),
      written: openWritten(storage.sql),
      effects: openEffects(storage.sql),
      limits: { on: true, windows: new Map() },
      redirectOrigins: this.env.REDIRECT_ORIGINS.split(",").map((origin) => origin.trim()),
      countRefresh(grantId, outcome) {
        const grant = ledger.grants.get(grantId);
        if (grant) counters.refresh(grantId, grant.provider, grant.account, outcome);
      },
    };
    const control = controlRoutes({
      state,
      faults,
      counters,
      together: (work) => storage.transactionSync(work),
      forget: () => this.#forget(),
    });
    return async (request) =>
      new URL(request.url).pathname.startsWith("/__sandbox/") ? control.fetch(request) : dispatch(state, faults, counters, request);
  }

  /** Begins anew, as if nobody had ever consented to anything. */
  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#answer = this.#open();
  }

  override fetch(request: Request): Promise<Response> {
    return this.#answer(request);
  }
}

export default {
  fetch: (request, env) => env.SANDBOX.getByName("sandbox").fetch(request),
} satisfies ExportedHandler<SandboxEnv>;
