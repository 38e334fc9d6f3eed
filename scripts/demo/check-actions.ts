import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { reviewRequestAutomation } from "#server/catalog/automations/review-request-automation.ts";
import type { Inputs, Outputs } from "#server/trpc/root.ts";
import type { Api } from "./api.ts";
import type { DemoClient } from "./people.ts";
import type { Demo } from "./start.ts";
import { waitFor } from "./wait-for.ts";

/** What automations came to: counts of actions, and of what really happened at the sandbox. */
export interface ActionCounts {
  proposed: number;
  approved: number;
  done: number;
  unsure: number;
  effects: number;
}

type Action = Outputs["actions"]["list"]["items"][number];
type View = NonNullable<Inputs["actions"]["list"]["view"]>;

const deadlineMs = 120_000;
/** At whatever hour the check runs. */
const always = { quietFrom: "00:00", quietTo: "00:00" } as const;
const [risk, review] = [atRiskCustomerFlow.id, reviewRequestAutomation.id];

/** Turns two automations on, in shadow, one of them with a code for each customer. What they read is stored from then on. */
export async function turnOn(api: Api, tenant: string): Promise<void> {
  await api.runs.configure.mutate({ tenant, job: risk, config: { discountPercent: 10 } });
  for (const automation of [risk, review]) await api.policies.set.mutate({ tenant, automation, mode: "shadow", ...always });
}

/**
 * Decides as a client would: agrees in shadow, moves one automation on to approval, edits, approves, lets the other act within a budget,
 * and stops all of it. Throws where something else is done than was approved, or is not done.
 */
export async function decide(demo: Demo, api: Api, { id: tenant, shop, accounts }: DemoClient): Promise<ActionCounts> {
  const seen = (view: View, automation?: string) => listed(api, { tenant, view, automation });
  const until = <T>(what: string, look: () => Promise<T | null>) =>
    waitFor(what, deadlineMs, async () => {
      await demo.server.tick();
      return look();
    });
  const atLeast = (count: number, view: View, automation: string) =>
    until(`${count} actions of ${automation} ${view}`, async () => {
      const found = await seen(view, automation);
      return found.length >= count ? found : null;
    });
  const effects = () => effectsAt(demo, [accounts.klaviyo, shop]);

  const inShadow = await atLeast(5, "shadowed", risk);
  await atLeast(3, "shadowed", review);
  for (const { id: actionId, hash } of inShadow.slice(0, 5)) await api.actions.approve.mutate({ tenant, actionId, hash });
  expectThat("what was agreed with in shadow is not done", (await effects()) === 0 && (await seen("running")).length === 0);

  await api.policies.set.mutate({ tenant, automation: risk, mode: "approve", stakeADay: 1_000_000 });
  await api.runs.start.mutate({ tenant, job: risk });
  const waiting = await atLeast(4, "waiting", risk);
  const [first, second, third, fourth] = waiting;
  if (!first || !second || !third || !fourth) throw new Error("four actions wait");
  await subscribe(demo, accounts.klaviyo, [first, second, third, fourth]);
  const edited = await edit(api, tenant, first);
  const stale = await api.actions.approve.mutate({ tenant, actionId: first.id, hash: first.hash }).catch(({ message }: Error) => message);
  expectThat("an approval of what has been edited since is refused", typeof stale === "string");
  const items = [{ ...first, hash: edited }, second, third].map(({ id: actionId, hash }) => ({ actionId, hash }));
  const { decided } = await api.actions.decide.mutate({ tenant, decision: "approve", reason: "", items });
  expectThat("three are approved at once", decided === 3);
  await until("three approved actions to be done", async () => {
    const over = (await seen("over", risk)).filter(({ id }) => items.some(({ actionId }) => actionId === id));
    const fault = over.find(({ status }) => status !== "done");
    if (fault) throw new Error(`action ${fault.id} ended as ${fault.status}: ${fault.reason ?? fault.failureMessage}`);
    return over.length === 3 ? over : null;
  });

  await api.policies.set.mutate({ tenant, automation: review, mode: "approve" });
  await api.runs.start.mutate({ tenant, job: review });
  await atLeast(3, "waiting", review);
  await subscribe(demo, accounts.klaviyo, await seen("waiting", review));
  await api.policies.set.mutate({ tenant, automation: review, mode: "auto", actionsADay: 2 });
  await api.runs.start.mutate({ tenant, job: review });
  await until("what is over the budget to wait", async () => {
    const left = await seen("waiting", review);
    return left.length > 0 && left.every(({ reason }) => reason === "budget_spent") ? left : null;
  });
  await until("what is within the budget to be done", async () => {
    const own = await seen("over", review);
    return own.length === 2 && own.every(({ status }) => status === "done") ? own : null;
  });

  await api.policies.stop.mutate({ tenant });
  const before = await effects();
  await api.actions.approve.mutate({ tenant, actionId: fourth.id, hash: fourth.hash });
  await new Promise((done) => setTimeout(done, 3_000));
  await demo.server.tick();
  const held = await api.actions.get.query({ tenant, actionId: fourth.id });
  expectThat("what is approved while all is stopped is not done", held.status === "approved" && (await effects()) === before);
  return count(api, tenant, await effects());
}

/** Not every customer of the sandbox's shop has a profile at its Klaviyo account: these have one. */
async function subscribe(demo: Demo, account: string, of: readonly Action[]): Promise<void> {
  const profiles = of.map(({ customerId }) => ({ external_id: customerId }));
  const answer = await fetch(`${demo.sandbox}/__sandbox/klaviyo/${account}/profiles`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(profiles),
  });
  if (!answer.ok) throw new Error(`the sandbox took no profiles: ${answer.status}`);
}

/** Another name of the event that a chain ends with; answers the hash of what it is since. */
async function edit(api: Api, tenant: string, { id: actionId, hash, steps }: Action): Promise<string> {
  const last = steps.at(-1);
  if (!last) throw new Error("an action has steps");
  const payload = { ...(last.payload as object), metric: "Customer at risk, second try" };
  return (await api.actions.edit.mutate({ tenant, actionId, hash, place: last.place, payload })).hash;
}

async function count(api: Api, tenant: string, effects: number): Promise<ActionCounts> {
  const { automations } = await api.policies.automations.query({ tenant });
  const sum = (...statuses: string[]) =>
    automations.reduce((all, { counts }) => all + statuses.reduce((own, status) => own + (counts[status] ?? 0), 0), 0);
  const done = (await listed(api, { tenant, view: "over" })).filter(({ status }) => status === "done");
  const steps = done.reduce((all, action) => all + action.steps.length, 0);
  expectThat(`each step that is done has one effect at the sandbox: ${steps} steps, ${effects} effects`, steps === effects);
  return {
    proposed: automations.reduce((all, { counts }) => all + Object.values(counts).reduce((own, each) => own + each, 0), 0),
    approved: sum("approved", "executing", "unsure", "done", "failed", "voided"),
    done: sum("done"),
    unsure: sum("unsure"),
    effects,
  };
}

/** All of them, page by page. */
async function listed(api: Api, input: { tenant: string; view: View; automation?: string | undefined }): Promise<Action[]> {
  const { automation, ...rest } = input;
  const found: Action[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.actions.list.query({ ...rest, ...(automation && { automation }), ...(cursor && { cursor }), limit: 100 });
    found.push(...page.items);
    if (page.next === null) return found;
    cursor = page.next;
  }
}

/** What really happened there, each thing counted once. */
async function effectsAt(demo: Demo, accounts: readonly string[]): Promise<number> {
  const found = await Promise.all(
    accounts.map(async (account) => {
      const answer = await fetch(`${demo.sandbox}/__sandbox/effects?account=${encodeURIComponent(account)}`);
      return ((await answer.json()) as { effects: number }).effects;
    }),
  );
  return found.reduce((sum, each) => sum + each, 0);
}

function expectThat(what: string, holds: boolean): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}
