import { sql } from "drizzle-orm";
import { batchOf, type Statement } from "#db/client.ts";
import { actionSteps, actions, policies } from "#db/schema/index.ts";
import type { Touch } from "#db/words/actions.ts";
import type { sandboxClient } from "#sandbox/client.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { hashOf, type PreparedStep } from "#server/domain/actions/prepare-actions.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { insist } from "./insist.ts";
import { pages } from "./pages.ts";
import { connectionId, type Minted, type SeededConnection, seedClients } from "./seed-clients.ts";

type Sandbox = ReturnType<typeof sandboxClient>;

const scopes = {
  shopify: ["read_customers", "write_customers", "read_discounts", "write_discounts"],
  klaviyo: ["events:write", "profiles:read", "profiles:write", "lists:write"],
  slack: ["chat:write", "channels:history", "groups:history"],
} as const;
type Provider = keyof typeof scopes;
const providers = Object.keys(scopes) as Provider[];

/** An action that waits for its approval, as it was shown. */
export interface SeededAction {
  tenant: Tenant;
  id: string;
  hash: string;
  /** By what its kinds are kept from doing it twice; of a chain that of its first step. */
  kinds: readonly string[];
}

/** What has to have happened at a provider once everything is done: once for each of these. */
export interface ExpectedEffect {
  kind: string;
  account: string;
  key: string;
}

const automation = "kill";

/** Ten actions of six shapes. Four of them cannot be repeated blindly, and neither can the first step of the chain. */
const everyShape = ["event", "discount", "message", "tags", "chain", "event", "discount", "tags", "message", "profiles"] as const;
type Shape = (typeof everyShape)[number];
const at = "2026-11-01T09:00:00Z";
const [startsAt, endsAt] = [at, "2099-12-31T00:00:00Z"];
const customersOfShop = 20;

interface Place {
  tenant: string;
  accounts: Record<Provider, string>;
  connections: Record<Provider, string>;
  /** Customers whom the shop has. */
  customers: readonly string[];
}

/**
 * Clients with a shop, a Klaviyo account and a Slack team each, and actions of theirs that wait for somebody to approve them. Ids and contents
 * are the same each time, so that what the sandbox's seed decides is too. Each client's messages go to one channel.
 */
export async function seedActions(
  ctx: Ctx,
  sandbox: Sandbox,
  { clients, actionsEach, shapes = everyShape }: { clients: number; actionsEach: number; shapes?: readonly Shape[] },
) {
  const places = await Promise.all(Array.from({ length: clients }, (_, number) => placeOf(ctx, sandbox, number)));
  // The sandbox took its time: the socket to the D1 may be closed by now.
  await insist(async () => ctx.directory.run(sql`select 1`));
  const tenants = await seedClients(ctx, {
    clients: places.map(({ place, connections }) => ({ id: place.tenant, connections })),
    runs: () => false,
    timezone: "Europe/London",
  });
  const much = 1_000_000;
  const limits = { actionsADay: much, peopleADay: much, stakeADay: much, largestStake: much };
  const policy = { ...usualPolicy, ...limits, mode: "approve", holdout: 0, quietFrom: "00:00", quietTo: "00:00" } as const;
  const policyOf = ({ id }: Tenant) => ({ ...policy, tenantId: id, automation, salt: id, createdAt: ctx.now(), updatedAt: ctx.now() });
  const made = places.flatMap(({ place }, number) =>
    Array.from({ length: actionsEach }, (_, index) =>
      actionOf(place, tenants[number] as Tenant, {
        index,
        shape: shapes[index % shapes.length] as Shape,
        turn: Math.floor(index / shapes.length),
      }),
    ),
  );
  const statements: Statement[] = [
    ...pages(tenants, 5).map((page) => ctx.directory.insert(policies).values(page.map(policyOf))),
    ...pages(made, 5).map((page) => ctx.directory.insert(actions).values(page.map(({ row }) => ({ ...row, createdAt: ctx.now() })))),
    ...pages(
      made.flatMap(({ steps }) => steps),
      9,
    ).map((page) => ctx.directory.insert(actionSteps).values(page)),
  ];
  for (const page of pages(statements, 50)) await batchOf(ctx.directory, page);
  return { actions: made.map(({ action }) => action), expected: made.flatMap(({ expected }) => expected) };
}

async function placeOf(ctx: Ctx, sandbox: Sandbox, number: number): Promise<{ place: Place; connections: SeededConnection[] }> {
  const accounts = { shopify: `kill-${number}.myshopify.com`, klaviyo: `KILL0${number}`, slack: `T0KILL000${number}` };
  const minted = await sandbox.control<Minted[]>(
    "/tokens",
    providers.map((provider) => ({ provider, account: accounts[provider], scopes: scopes[provider], expiresIn: 86_400 })),
  );
  const connections = providers.map((provider, index): SeededConnection => {
    const tokens = minted[index] as Minted;
    return {
      ...{ id: connectionId(ctx), provider, account: accounts[provider], scopes: scopes[provider], accessEndsAt: tokens.expires_at },
      details: { ...(provider === "shopify" && { shop: accounts.shopify }), currency: "GBP", timezone: "Europe/London" },
      secrets: { access_token: tokens.access_token },
    };
  });
  const { body } = await sandbox.graphql<{ customers: { nodes: { id: string }[] } }>(
    accounts.shopify,
    connections[0]?.secrets.access_token ?? "",
    `{ customers(first: ${customersOfShop}) { nodes { id } } }`,
  );
  const customers = (body.data?.customers.nodes ?? []).map(({ id }) => id.split("/").at(-1) ?? "");
  if (customers.length < customersOfShop) throw new Error(`the sandbox's shop has ${customers.length} customers`);
  const profiles = [...customers, ...Array.from({ length: 200 }, (_, index) => eventCustomer(index))].map((id) => ({ external_id: id }));
  await sandbox.control(`/klaviyo/${accounts.klaviyo}/profiles`, profiles);
  const byProvider = Object.fromEntries(connections.map(({ id, provider }) => [provider, id])) as Record<Provider, string>;
  return { place: { tenant: `kill-${number}`, accounts, connections: byProvider, customers }, connections };
}

/** Somebody else for each event, since a customer is contacted twice a week at most. */
const eventCustomer = (index: number): string => String(900_000 + index);

function actionOf(place: Place, tenant: Tenant, { index, shape, turn }: { index: number; shape: Shape; turn: number }) {
  const id = `act_${place.tenant}_${index}`;
  const customer = place.customers[turn % place.customers.length] as string;
  const { steps, effects, touches, customerId } = partsOf(shape, place, { id, index, customer });
  const subject = `customer:${customerId}`;
  const hash = hashOf(subject, steps);
  const of = { tenantId: tenant.id, connectionId: place.connections.shopify, customerId };
  return {
    action: { tenant, id, hash, kinds: steps.map(({ kind }) => kind) } satisfies SeededAction,
    expected: effects,
    row: {
      ...of,
      ...{ id, automation, runId: "run_kill", dedupe: id, subject, touches, hash, status: "waiting" as const },
      ...{ evidence: { line: "kill", params: {} }, expiresAt: Date.parse(endsAt) },
    },
    steps: steps.map((step, number) => ({ ...of, ...step, actionId: id, place: number, status: "pending" as const })),
  };
}

interface Parts {
  steps: PreparedStep[];
  effects: ExpectedEffect[];
  touches: Touch;
  customerId: string;
}

function partsOf(
  shape: Shape,
  { accounts, connections }: Place,
  { id, index, customer }: { id: string; index: number; customer: string },
): Parts {
  const step = (kind: string, provider: Provider, payload: unknown): PreparedStep => ({
    ...{ kind, accountId: connections[provider], payload, names: [] },
  });
  const code = `KILL-${index}-ONCE`;
  const minimum = { minor: 5000, currency: "GBP" };
  const discount = {
    step: step("shopify-discount", "shopify", {
      ...{ customerId: customer, title: `Kill ${index}`, code, off: { percent: 10 }, minimum, startsAt, endsAt },
    }),
    effect: { kind: "discount_created", account: accounts.shopify, key: code },
  };
  const event = (customerId: string, place: number) => ({
    step: step("klaviyo-event", "klaviyo", { customerId, metric: "Atrium Kill", properties: { index }, at, channel: "email" }),
    effect: { kind: "event", account: accounts.klaviyo, key: `${id}-${place}` },
  });
  const parts = (touches: Touch, customerId: string, ...done: { step: PreparedStep; effect: ExpectedEffect }[]): Parts => ({
    ...{ touches, customerId, steps: done.map((each) => each.step), effects: done.map(({ effect }) => effect) },
  });
  switch (shape) {
    case "event":
      return parts("customer", eventCustomer(index), event(eventCustomer(index), 0));
    case "discount":
      return parts("money", customer, discount);
    case "chain":
      return parts("customer", customer, discount, event(customer, 1));
    case "message":
      return parts("internal", customer, {
        step: step("slack-message", "slack", { channel: "C0GENERAL00", channelName: "general", text: `Message ${index}` }),
        effect: { kind: "message_posted", account: accounts.slack, key: `${id}-0` },
      });
    case "tags":
      return parts("catalog", customer, {
        step: step("shopify-tags", "shopify", { on: "customer", id: customer, tags: [`kill-${index}`] }),
        effect: { kind: "tags_added", account: accounts.shopify, key: `gid://shopify/Customer/${customer} kill-${index}` },
      });
    case "profiles":
      return parts("internal", customer, {
        step: step("klaviyo-profiles", "klaviyo", { profiles: [{ customerId: customer, properties: { [`kill_${index}`]: index } }] }),
        effect: { kind: "profiles_imported", account: accounts.klaviyo, key: anyKey },
      });
    default:
      return shape satisfies never;
  }
}

/** An import has an id of its own at Klaviyo: they are counted. */
export const anyKey = "";
