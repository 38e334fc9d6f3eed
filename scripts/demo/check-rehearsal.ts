import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import type { Api } from "./api.ts";
import { waitFor } from "./wait-for.ts";

/** What a rehearsal of 90 days came to, and the milliseconds of Workers that it took. */
export interface RehearsalFigures {
  days: number;
  customers: number;
  today: number;
  tried: number;
  workerMs: number;
}

const deadlineMs = 60_000;
const days = 90;
/** As long as it may take. */
const mostMs = 10_000;

/** Tries acme's customers at risk with a stricter setting over 90 days. Throws where it proposes something, takes too long, or finds more by the stricter one. */
export async function rehearse(api: Api, tenant: string): Promise<RehearsalFigures> {
  const automation = atRiskCustomerFlow.id;
  const before = await proposedBy(api, tenant, automation);
  await api.rehearsals.request.mutate({ tenant, automation, days, config: { lateBy: 3 } });
  const { results, of, tookMs } = await waitFor("the rehearsal", deadlineMs, async () => {
    const { rehearsal } = await api.rehearsals.get.query({ tenant, automation });
    if (rehearsal?.status === "failed") throw new Error("the rehearsal failed");
    return rehearsal?.status === "done" ? rehearsal : null;
  });
  if (!results) throw new Error("a rehearsal that is done has results");
  const found = { days, customers: of, today: results.today.customers, tried: results.tried.customers, workerMs: tookMs };
  if (found.today === 0 || found.tried >= found.today) throw new Error(`the stricter setting touches no fewer: ${JSON.stringify(found)}`);
  if (tookMs > mostMs) throw new Error(`the rehearsal took ${tookMs} ms`);
  if ((await proposedBy(api, tenant, automation)) !== before) throw new Error("a rehearsal proposed something");
  return found;
}

async function proposedBy(api: Api, tenant: string, automation: string): Promise<number> {
  const { automations } = await api.policies.automations.query({ tenant });
  const counts = automations.find(({ id }) => id === automation)?.counts ?? {};
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
