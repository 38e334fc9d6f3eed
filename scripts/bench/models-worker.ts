import { seededRandom } from "#sandbox/seed.ts";
import { type BgNbdParams, bgNbdLikelihood } from "#server/models/bg-nbd/bg-nbd-likelihood.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { groupHistories, type HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";
import { historiesOn, simulateCustomers } from "./simulate-customers.ts";

export interface ModelsWork {
  customers: number;
  /** So many times over, since one time may be too short to be seen. */
  times: number;
}

/** By day, as of a shop whose customers buy again about as often as not. */
const params: BgNbdParams = { r: 0.4, alpha: 30, a: 0.8, b: 2.5 };
const until = 730;
const within = 90;
/** What was simulated, by how many customers. */
const shops = new Map<number, HistoryGroup[]>();

/** Each answers with something that hangs on all of its work, so that none is left out. */
const works: Record<string, (histories: readonly HistoryGroup[]) => number> = {
  "/simulate": (histories) => groupHistories(histories).length,
  "/fit": (histories) => {
    const { logLikelihood, starts } = fitBgNbd(histories, seededRandom("fit"));
    return starts.agree ? logLikelihood : Number.NaN;
  },
  "/evaluate": (histories) => bgNbdLikelihood(histories)(params).value,
  "/score": (histories) =>
    histories.reduce((sum, history) => sum + chanceToBuy(params, history, within) + expectedOrders(params, history, within), 0),
  "/chance": (histories) => histories.reduce((sum, history) => sum + chanceToBuy(params, history, within), 0),
};

/** Time does not pass in workerd while it computes: it is measured outside. */
export default {
  async fetch(request) {
    const { customers, times } = (await request.json()) as ModelsWork;
    const histories =
      shops.get(customers) ?? historiesOn(simulateCustomers({ params, customers, until, random: seededRandom("shop") }), until);
    shops.set(customers, histories);
    const work = works[new URL(request.url).pathname];
    if (!work) return new Response("no such work", { status: 404 });
    let answer = 0;
    for (let time = 0; time < times; time++) answer += work(histories);
    return Response.json(answer / times);
  },
} satisfies ExportedHandler;
