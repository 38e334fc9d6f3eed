import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { startModelWorker } from "#scripts/model-worker.ts";

const calls = 5_000;
const rounds = 5;

/** What an account's budget adds to a call, in the milliseconds of one: with leases, beside a question to its object for each. */
export async function measureRates(): Promise<Row> {
  const worker = await startModelWorker("bench/rates-worker.ts", { objects: { KEEPER: "RateKeeper" } });
  try {
    const perCall = async (path: string) => {
      const from = performance.now();
      await worker.ask(path, calls);
      return (performance.now() - from) / calls;
    };
    for (const path of ["/leased", "/asked"]) await perCall(path);
    const each = [];
    for (let round = 0; round < rounds; round++) each.push({ ours: await perCall("/leased"), floor: await perCall("/asked") });
    return rowOf("rate-budget", "ms a call", each, ratioAtMost(0.25));
  } finally {
    await worker.stop();
  }
}
