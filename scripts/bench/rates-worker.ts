import type { Ask } from "#server/rate-budget.ts";
import { createRateLeases, type RatedAccount, type RateKeeper } from "#server/rate-leases.ts";

export { RateKeeper } from "#workers/rate-keeper.ts";

const account: RatedAccount = { provider: "bench", externalId: "1", tenant: "t", connection: "c" };
const limit = { name: "calls", most: 1e9, perS: 1e9 };
const call = { account, limits: [limit], cost: 1, priority: "sync", service: "api" } as const;

const works: Record<string, (keeper: RateKeeper, calls: number) => Promise<void>> = {
  async "/leased"(keeper, calls) {
    const leases = createRateLeases(keeper, { now: Date.now, pause: (ms) => new Promise((done) => setTimeout(done, ms)), away: fail });
    for (let at = 0; at < calls; at++) {
      if (await leases.begin(call, 0)) throw new Error("a call was held back");
      await leases.end(call, { said: [], failed: null });
    }
  },
  async "/asked"(keeper, calls) {
    const ask: Ask = { charges: [{ ...limit, cost: 1 }], calls: 1, priority: "sync", service: "api" };
    for (let at = 0; at < calls; at++) await keeper.take(account, ask);
  },
};

function fail(error: unknown): never {
  throw error;
}

export default {
  async fetch(request, { KEEPER }) {
    const work = works[new URL(request.url).pathname];
    if (!work) return new Response("no such work", { status: 404 });
    await work(KEEPER.get(KEEPER.idFromName("one")) as unknown as RateKeeper, await request.json<number>());
    return Response.json(null);
  },
} satisfies ExportedHandler<{ KEEPER: DurableObjectNamespace }>;
