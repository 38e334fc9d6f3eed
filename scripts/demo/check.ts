import { shopFigures } from "#sandbox/shop/figures.ts";
import { shopFile } from "#sandbox/shop/load.ts";
import { shopifyDetailsSensor } from "#server/catalog/sensors/shopify-details-sensor.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { type Api, apiOf } from "./api.ts";
import { type ActionCounts, decide, turnOn } from "./check-actions.ts";
import { type Details, readDetails } from "./check-details.ts";
import { type RehearsalFigures, rehearse } from "./check-rehearsal.ts";
import { findMail } from "./mail.ts";
import { admin, clients, type DemoClient } from "./people.ts";
import type { Demo } from "./start.ts";
import { createVisitor, type Page, type Visitor } from "./visitor.ts";
import { waitFor } from "./wait-for.ts";

type Shop = Outputs["overview"]["shop"];

export interface CheckResult {
  ok: true;
  tenants: number;
  connections: number;
  runs: Record<string, number>;
  /** Of acme, whose shop is the file's. */
  shop: Shop;
  /** Of acme too: what its orders hold, and what is known of its products and customers. */
  details: Details;
  /** Of acme too: what its automations proposed, what its owner decided of it, and what really happened. */
  actions: ActionCounts;
  /** Of acme too: one of them tried over past days with other settings. */
  rehearsal: RehearsalFigures;
  metrics: Record<string, number>;
  /** The currency of each client's shop and of its website's figures. */
  currencies: Record<string, { shop: string | null; website: string | null }>;
  ms: Record<string, number>;
}

const providers = ["shopify", "klaviyo", "google"] as const;
const runsDeadlineMs = 240_000;

/** Drives the product's main job over HTTP as its people would, and throws with what broke. */
export async function checkDemo(demo: Demo, startedAt: number): Promise<CheckResult> {
  const ms: Record<string, number> = { start: Date.now() - startedAt };
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begin = Date.now();
    const result = await work();
    ms[name] = Date.now() - begin;
    return result;
  };

  const people = await timed("sign_in", () =>
    Promise.all(clients.map(async (client) => ({ client, visitor: await signIn(demo, client.owner) }))),
  );
  const staff = apiOf(demo, await signIn(demo, admin));
  const connections = await timed("connect", () => connectAll(demo, people));
  const runs = await timed("runs", () => waitForRuns(demo, people, staff));

  const [acme] = people;
  if (!acme) throw new Error("there is no client");
  const client = apiOf(demo, acme.visitor);
  const shop = await client.overview.shop.query({ tenant: "acme" });
  expectEqual("the admin's and the client's figures of acme", await staff.overview.shop.query({ tenant: "acme" }), shop);
  const file = shopFile();
  if (file) expectEqual("acme's shop and the file", shop, await shopFigures(file));
  await turnOn(client, "acme");
  await permitActing(demo, acme);
  const details = await readDetails(demo, acme.client, async () => {
    const { items } = await staff.runs.all.query({ limit: 100 });
    return items.find(({ job, tenantId }) => job === shopifyDetailsSensor.id && tenantId === "acme");
  });
  const actions = await timed("actions", () => decide(demo, client, acme.client));
  const rehearsal = await timed("rehearsal", () => rehearse(client, "acme"));
  const overview = await client.overview.get.query({ tenant: "acme" });
  const metrics = metricsOf(overview);
  expectEqual("the admin's and the client's metrics of acme", metricsOf(await staff.overview.ofClient.query({ tenant: "acme" })), metrics);
  const currencies: CheckResult["currencies"] = {};
  for (const person of people) currencies[person.client.id] = await expectOwnFigures(demo, person);
  await expectStrangersKeptOut(demo, people);
  ms.total = Date.now() - startedAt;
  return { ok: true, tenants: clients.length, connections, runs, shop, details, actions, rehearsal, metrics, currencies, ms };
}

async function signIn(demo: Demo, email: string): Promise<Visitor> {
  const visitor = createVisitor();
  const since = Date.now();
  const asked = await visitor.submit(await visitor.get(`${demo.origin}/sign-in`), { email });
  if (asked.status !== 200) throw new Error(`asking for a link for ${email} answered ${asked.status}`);
  const { link } = await findMail(demo.origin, { to: email, since });
  if (!link) throw new Error(`the mail to ${email} has no link`);
  const landed = await visitor.submit(await visitor.get(link), {}, { action: new URL(link).pathname });
  if (landed.status !== 200 || landed.url.pathname.startsWith("/sign-in"))
    throw new Error(`the link for ${email} led to ${landed.url.pathname} (${landed.status})`);
  return visitor;
}

type Person = { client: DemoClient; visitor: Visitor };

async function connectAll(demo: Demo, people: readonly Person[]): Promise<number> {
  const counts = await Promise.all(
    people.map(async ({ client, visitor }) => {
      for (const provider of providers) await connect(demo, visitor, client, provider);
      const listed = await apiOf(demo, visitor).connections.list.query({ tenant: client.id });
      return listed.flatMap((each) => each.connections).filter(({ status }) => status === "active").length;
    }),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  expectEqual("connections", total, people.length * providers.length);
  return total;
}

async function connect(demo: Demo, visitor: Visitor, client: DemoClient, provider: (typeof providers)[number]): Promise<void> {
  const url = new URL(`/api/auth/oauth/${provider}/authorize`, demo.origin);
  url.searchParams.set("tenant", client.id);
  if (provider === "shopify") url.searchParams.set("shop", client.shop);
  const consent: Page = await visitor.get(url);
  if (consent.url.origin !== new URL(demo.sandbox).origin)
    throw new Error(`connecting ${provider} for ${client.id} led to ${consent.url.pathname} instead of the consent page`);
  const account = provider === "shopify" ? client.shop : client.accounts[provider];
  const back = await visitor.submit(consent, { decision: "allow", account });
  const landed = back.url.pathname.endsWith("/choose") ? await choose(visitor, back) : back;
  if (landed.url.pathname !== `/t/${client.id}/integrations`)
    throw new Error(`the consent of ${provider} for ${client.id} led to ${landed.url.pathname} (${landed.status})`);
}

/** What automations need beyond reading is permitted by a further consent, at each provider that lacks it. */
async function permitActing(demo: Demo, { client, visitor }: Person): Promise<void> {
  const listed = await apiOf(demo, visitor).connections.list.query({ tenant: client.id });
  for (const { provider, connections: own } of listed) {
    const lacking = own.find(({ waiting }) => waiting.length > 0);
    if (!lacking) continue;
    const url = new URL(`/api/auth/oauth/${provider}/authorize`, demo.origin);
    url.search = new URLSearchParams({ tenant: client.id, connection: lacking.id, only: "missing" }).toString();
    const consent = await visitor.get(url);
    const account = provider === "shopify" ? client.shop : client.accounts[provider as "klaviyo" | "google"];
    await visitor.submit(consent, { decision: "allow", account });
  }
  const { automations } = await apiOf(demo, visitor).policies.automations.query({ tenant: client.id });
  const blocked = automations.filter(({ policy, block }) => policy.mode !== "off" && block !== null);
  expectEqual("automations that lack something after the consents", blocked, []);
}

/** Of several things under a login the first is chosen, as far as the page asks. */
async function choose(visitor: Visitor, page: Page): Promise<Page> {
  const first = page.root.querySelector('input[name="ids"]')?.getAttribute("value");
  if (first === undefined) throw new Error(`${page.url.pathname} (${page.status}) has nothing to choose`);
  return visitor.submit(page, { ids: first, intent: "choose" });
}

/** Fires the cron as often as a minute would in a day of waiting, until every job has run once for every client. */
async function waitForRuns(demo: Demo, people: readonly Person[], staff: Api): Promise<Record<string, number>> {
  return waitFor("all runs", runsDeadlineMs, async () => {
    await demo.server.tick();
    const { items: runs } = await staff.runs.all.query({ limit: 100 });
    const counts: Record<string, number> = {};
    for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
    const broken = runs.find(({ status }) => status === "failed" || status === "dead");
    if (broken) throw new Error(`run ${broken.id} (${broken.job} of ${broken.tenantId}) ended as ${broken.status}: ${broken.errorMessage}`);
    const schedules = await Promise.all(people.map(({ client }) => staff.scripts.schedules.query({ tenant: client.id })));
    const waiting = schedules.flat().filter(({ enabled, lastSuccessAt }) => enabled && lastSuccessAt === null);
    return waiting.length === 0 && !counts.queued && !counts.running ? counts : null;
  });
}

/** What the sandbox says of a shop in one of its currencies. */
interface Told {
  currency: string;
  by_currency: Record<string, { orders: number; guest_orders: number; gross_minor: number; net_minor: number }>;
}

/** A client's figures are those of its own accounts, in their own currencies, whatever the client itself is kept in. */
async function expectOwnFigures(demo: Demo, { client, visitor }: Person): Promise<CheckResult["currencies"][string]> {
  const api = apiOf(demo, visitor);
  const shop = await api.overview.shop.query({ tenant: client.id });
  const told = (await (await fetch(`${demo.sandbox}/__sandbox/shop/${client.shop}`)).json()) as Told;
  const { orders, guest_orders, gross_minor, net_minor } = told.by_currency[told.currency] ?? {};
  expectEqual(
    `the shop of ${client.id} and the sandbox's`,
    {
      currency: shop.currency,
      orders: shop.orders,
      guest_orders: shop.guest_orders,
      gross_minor: shop.gross_minor,
      net_minor: shop.gross_minor - shop.refunds_minor,
    },
    { currency: told.currency, orders, guest_orders, gross_minor, net_minor },
  );
  const { sensors } = await api.overview.get.query({ tenant: client.id });
  const tileOf = (sensor: string, key: string) => sensors.find(({ id }) => id === sensor)?.tiles.find((tile) => tile.key === key);
  for (const key of ["revenue", "refunds", "net_revenue", "average_order"]) {
    expectEqual(`the currency of ${key} of ${client.id}`, tileOf("shopify-sensor", key)?.currency, told.currency);
  }
  const website = tileOf("ga4-sensor", "revenue")?.currency;
  expectEqual(`the currency of the website of ${client.id}`, website, client.websiteCurrency);
  return { shop: shop.currency, website: website ?? null };
}

function metricsOf(overview: Outputs["overview"]["get"]): Record<string, number> {
  const tiles = overview.sensors.flatMap((sensor) => sensor.tiles.map((tile) => ({ name: `${sensor.id}.${tile.key}`, value: tile.value })));
  return Object.fromEntries(tiles.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
}

async function expectStrangersKeptOut(demo: Demo, people: readonly Person[]): Promise<void> {
  const beta = people.find(({ client }) => client.id === "beta");
  const page = await beta?.visitor.get(`${demo.origin}/t/acme`);
  expectEqual("the status of acme's overview for beta's owner", page?.status, 404);
}

function expectEqual(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(found, sorted), JSON.stringify(wanted, sorted)];
  if (a !== b) throw new Error(`${what} differ: ${a} and ${b}`);
}

const sorted = (_key: string, value: unknown) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
    : value;
