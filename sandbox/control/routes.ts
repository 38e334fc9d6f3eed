import { Hono } from "hono";
import { z } from "zod";
import { keyServices, sandboxProviders } from "#sandbox/endpoints.ts";
import { type CrmObject, type ObjectType, objectsAt, objectTypes, thingsOf } from "#sandbox/hubspot/objects.ts";
import { knownKeys, mintKey } from "#sandbox/keys/mint.ts";
import { GivenCatalog, giveCatalog } from "#sandbox/klaviyo/catalog.ts";
import { GivenCodes, giveCodes } from "#sandbox/klaviyo/coupons.ts";
import { GivenEvent, giveEvent } from "#sandbox/klaviyo/events.ts";
import { ChangedList, changeList, listsAt, membersOf } from "#sandbox/klaviyo/lists.ts";
import { GivenProfile, giveProfile } from "#sandbox/klaviyo/profiles.ts";
import { issueTokens, newGrant } from "#sandbox/oauth/issue.ts";
import { type Grant, type Issued, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { Move } from "#sandbox/places.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { shelf } from "#sandbox/providers/shelf.ts";
import { ShopChange } from "#sandbox/shop/changes.ts";
import { figuresByCurrency } from "#sandbox/shop/figures-by-currency.ts";
import { lineFigures } from "#sandbox/shop/line-figures.ts";
import type { OrderRow, ProductRow } from "#sandbox/shop/model.ts";
import { announce } from "#sandbox/shopify/announce.ts";
import { giveRedeemSettings } from "#sandbox/shopify/discounts.ts";
import { eventsOf } from "#sandbox/shopify/events.ts";
import { OrderRisk } from "#sandbox/shopify/fulfilments.ts";
import { SlackUser } from "#sandbox/slack/workspace.ts";
import { progressBigbuy } from "#sandbox/suppliers/bigbuy.ts";
import { progressCj } from "#sandbox/suppliers/cj.ts";
import { purseOf, SupplierChange, saveGood, savePurse } from "#sandbox/suppliers/goods.ts";
import type { Counters } from "./counters.ts";
import { Fault, type Faults } from "./faults.ts";
import { sendWebhook, signRequest, Webhook } from "./webhooks.ts";

const dayMs = 86_400_000;

/** Which grants are meant: those that match everything named. Nothing named means all of them. */
const Selection = z.object({
  provider: z.enum([...sandboxProviders, ...keyServices]).optional(),
  account: z.string().optional(),
  grantId: z.string().optional(),
  /** A code or token of the family. */
  token: z.string().optional(),
});
const Expiry = Selection.extend({ kinds: z.array(z.enum(["code", "access", "refresh"])).default(["access"]) });
const Control = z.object({
  faults: z.array(Fault).optional(),
  /** Ends these grants now, as when a merchant uninstalls or a person takes access away. */
  revoke: z.array(Selection).optional(),
  /** Rate limits and Shopify's throttle. */
  limits: z.boolean().optional(),
  /** Makes what faults' probabilities decide repeatable. */
  seed: z.string().optional(),
  /** How long reads lag behind writes. */
  settleMs: z.number().int().nonnegative().max(600_000).optional(),
});
const Mint = z.array(
  z.object({
    provider: z.enum(sandboxProviders),
    /** Shop domain, Klaviyo account id or Google e-mail address. */
    account: z.string().min(1),
    scopes: z.array(z.string()),
    /** Life of the access token in seconds; the provider's own without it. */
    expiresIn: z.number().int().optional(),
    mode: z.enum(["expiring", "lasting", "online"]).default("expiring"),
  }),
);
/** Accounts whose owners make themselves a key. Klaviyo's own keys are beside its OAuth. */
const KeyMint = z.array(z.object({ provider: z.enum([...keyServices, "klaviyo"]), account: z.string().min(1) }));

export interface ControlParts {
  state: SandboxState;
  faults: Faults;
  counters: Counters;
  /** Runs writes as one transaction. */
  together<T>(work: () => T): T;
  /** Begins anew, with nothing issued and nothing kept. */
  forget(): Promise<void>;
}

/** `/__sandbox/...`: what a test or the demo says to the sandbox behind the providers' backs. */
export function controlRoutes({ state, faults, counters, together, forget }: ControlParts) {
  const app = new Hono().basePath("/__sandbox");
  const { ledger, shops } = state;

  app.onError((error, c) =>
    error instanceof z.ZodError ? c.json({ problems: error.issues }, 400) : c.json({ problem: error.message }, 500),
  );
  app.get("/health", (c) => c.json({ ok: true }));

  app.delete("/state", async (c) => {
    await forget();
    return c.json({ ok: true });
  });

  app.post("/control", async (c) => {
    const { faults: added, revoke, limits, seed, settleMs } = Control.parse(await c.req.json());
    if (seed !== undefined) faults.seed(seed);
    for (const fault of added ?? []) faults.add(fault);
    if (limits !== undefined) state.limits.on = limits;
    if (settleMs !== undefined) state.written.settleMs = settleMs;
    const ended = (revoke ?? []).flatMap((selection) => select(selection));
    together(() => {
      for (const grant of ended) revokeGrant(ledger, grant);
    });
    return c.json({ faults: faults.list(), revoked: ended.map(({ id }) => id), limits: state.limits.on, settleMs: state.written.settleMs });
  });
  app.delete("/control", (c) => {
    faults.reset();
    counters.reset();
    state.limits.on = true;
    state.limits.windows.clear();
    state.written.settleMs = 0;
    return c.json({ ok: true });
  });

  app.post("/tokens", async (c) => {
    const wanted = Mint.parse(await c.req.json());
    const now = Date.now();
    const minted = together(() =>
      wanted.map(({ provider, account, scopes, expiresIn, mode }) => {
        const grant = newGrant(ledger, { provider, account, scopes, mode }, now);
        const pair = issueTokens(ledger, shelf[provider], {
          grant,
          refresh: mode === "expiring",
          now,
          ...(expiresIn !== undefined && { expiresIn }),
        });
        return {
          provider,
          account,
          scopes,
          grant_id: grant.id,
          access_token: pair.access.value,
          expires_at: pair.access.expiresAt,
          refresh_token: pair.refresh?.value ?? null,
          refresh_expires_at: pair.refresh?.expiresAt ?? null,
        };
      }),
    );
    return c.json(minted);
  });

  app.post("/keys", async (c) => {
    const wanted = KeyMint.parse(await c.req.json());
    return c.json(together(() => wanted.map((each) => mintKey(ledger, each, Date.now()))));
  });
  app.get("/keys", (c) => c.json(knownKeys()));

  app.post("/expire", async (c) => {
    const { kinds, ...selection } = Expiry.parse(await c.req.json());
    const now = Date.now();
    const expired = together(() =>
      select(selection).flatMap((grant) => {
        const live = ledger.issuedOf(grant.id).filter((item: Issued) => kinds.some((kind) => kind === item.kind) && item.state === "live");
        for (const item of live) ledger.saveIssued(Object.assign(item, { expiresAt: now }));
        return live;
      }),
    );
    return c.json({ expired: expired.length });
  });

  app.get("/issued", (c) => c.json([...ledger.issued.values()].map(({ value }) => value)));
  app.get("/grants", (c) =>
    c.json(
      [...ledger.grants.values()].map((grant) => ({
        ...grant,
        issued: ledger.issuedOf(grant.id).map(({ kind, state: is, expiresAt }) => ({ kind, state: is, expiresAt })),
      })),
    ),
  );
  app.get("/effects", (c) => c.json(state.effects.read(c.req.query())));
  app.post("/klaviyo/:account/profiles", async (c) => {
    const given = z.array(GivenProfile).parse(await c.req.json());
    return c.json(given.map((profile) => giveProfile(state, c.req.param("account"), profile, Date.now())));
  });
  app.post("/klaviyo/:account/events", async (c) => {
    const given = z.array(GivenEvent).parse(await c.req.json());
    return c.json(given.map((event) => giveEvent(state, c.req.param("account"), event, Date.now())));
  });
  app.post("/suppliers/:supplier/:account", async (c) => {
    const supplier = z.enum(["cj", "bigbuy"]).parse(c.req.param("supplier"));
    const { goods, progress, balance, freight, intercepts } = SupplierChange.parse(await c.req.json());
    const [account, now] = [c.req.param("account"), Date.now()];
    for (const good of goods) saveGood(state, supplier, account, good, now);
    const purse = {
      ...(balance !== undefined && { balance }),
      ...(freight !== undefined && { freight }),
      ...(intercepts && { intercepts }),
    };
    savePurse(state, supplier, account, purse, now);
    for (const each of progress) (supplier === "cj" ? progressCj : progressBigbuy)(state, account, each, now);
    const kind = supplier === "cj" ? "cj_order" : "bigbuy_order";
    return c.json({ purse: purseOf(state, supplier, account), orders: state.written.list({ kind, account }).map(({ body }) => body) });
  });
  app.post("/shop/:domain/risk", async (c) => {
    const { orderId, recommendation, level } = OrderRisk.parse(await c.req.json());
    const thing = { kind: "order_risk", account: c.req.param("domain"), key: String(orderId) } as const;
    state.written.put(thing, { recommendation, level }, Date.now());
    return c.json({ ok: true });
  });
  app.post("/klaviyo/:account/lists/:list", async (c) => {
    const change = ChangedList.parse(await c.req.json());
    return c.json(changeList(state, c.req.param("account"), c.req.param("list"), change, Date.now()));
  });
  app.get("/klaviyo/:account/lists", (c) => {
    const account = c.req.param("account");
    const all = listsAt(state, account).map(({ id, attributes: { name } }) => ({ id, name, members: membersOf(state, account, id) }));
    return c.json(all);
  });
  app.post("/klaviyo/:account/catalog", async (c) => {
    giveCatalog(state, c.req.param("account"), GivenCatalog.parse(await c.req.json()), Date.now());
    return c.json({});
  });
  app.post("/klaviyo/:account/coupon-codes", async (c) =>
    c.json(giveCodes(state, c.req.param("account"), GivenCodes.parse(await c.req.json()), Date.now())),
  );
  app.post("/shop/:domain/redeem-codes", async (c) => {
    const settings = z
      .object({ takeMs: z.number().default(0), refuse: z.array(z.string()).default([]), isFull: z.boolean().default(false) })
      .parse(await c.req.json());
    giveRedeemSettings(state, c.req.param("domain"), settings, Date.now());
    return c.json({});
  });
  app.post("/slack/:team/users", async (c) => {
    const team = c.req.param("team");
    const users = z.array(SlackUser).parse(await c.req.json());
    for (const user of users) state.written.put({ kind: "slack_user", account: team, key: user.id }, user, Date.now());
    return c.json(users);
  });
  app.get("/slack/:team/messages", (c) => {
    const of = (kind: "slack_message" | "slack_ephemeral") =>
      state.written.list({ kind, account: c.req.param("team") }).map(({ body }) => body);
    return c.json({ messages: of("slack_message"), ephemeral: of("slack_ephemeral") });
  });
  /** Ties that HubSpot's people made, each as `contacts/501>companies/601`. */
  app.post("/hubspot/:portal/ties", async (c) => {
    const ties = z.array(z.string().regex(/^\w+\/\d+>\w+\/\d+$/)).parse(await c.req.json());
    for (const key of ties) {
      const account = c.req.param("portal");
      state.written.put({ kind: "hubspot_association", account, key }, { types: [] }, Date.now());
      state.written.put({ kind: "hubspot_association", account, key: key.split(">").reverse().join(">") }, { types: [] }, Date.now());
    }
    return c.json(ties);
  });
  app.post("/hubspot/:portal/:type", async (c) => {
    const [portal, type, now] = [c.req.param("portal"), z.enum(objectTypes).parse(c.req.param("type")), Date.now()];
    const given = z
      .array(z.object({ id: z.string().regex(/^\d+$/), properties: z.record(z.string(), z.string()) }))
      .parse(await c.req.json());
    for (const { id, properties } of given) {
      const thing = { kind: thingsOf(type), account: portal, key: id };
      const before = state.written.met<CrmObject>(thing);
      const merged = { ...before?.properties, ...properties };
      state.written.put(thing, { id, properties: merged, createdAt: before?.createdAt ?? now, updatedAt: now }, now - dayMs);
    }
    return c.json(given);
  });
  app.get("/hubspot/:portal", (c) => {
    const portal = c.req.param("portal");
    const of = (type: ObjectType) => objectsAt(state, portal, type).map(({ id, properties }) => ({ id, ...properties }));
    const associations = state.written.list({ kind: "hubspot_association", account: portal }).map(({ key }) => key);
    return c.json({ contacts: of("contacts"), companies: of("companies"), deals: of("deals"), associations });
  });
  app.get("/calls", (c) => c.json(counters.read()));

  app.get("/webhooks", (c) => c.json([...state.subscriptions.values()]));
  app.post("/webhooks", async (c) => {
    const webhook = Webhook.parse(await c.req.json());
    return c.json(webhook.url === undefined ? await signRequest(webhook, Date.now()) : await sendWebhook(webhook, webhook.url));
  });

  app.get("/shop/:domain", (c) => {
    const domain = c.req.param("domain");
    const shop = shops.find(domain, Date.now());
    return c.json({
      loaded: shops.loaded(domain),
      products: shop.products.length,
      orders: shop.orders.length,
      customers: shop.customers.length,
      guest_orders: shop.orders.filter(({ customerId }) => customerId === null).length,
      gross_minor: shop.orders.reduce((sum, { total }) => sum + total, 0),
      refunds_minor: shop.orders.reduce((sum, { refunded }) => sum + refunded, 0),
      currency: shop.currency,
      timezone: shop.timezone,
      last_order_at: new Date(shop.orders.at(-1)?.createdAt ?? 0).toISOString(),
      by_currency: figuresByCurrency(shop),
      lines: lineFigures(shop),
    });
  });
  app.post("/shop/:domain/changes", async (c) => {
    const [shop, now] = [c.req.param("domain"), Date.now()];
    const before = shops.find(shop, now);
    const change = shops.change(shop, ShopChange.parse(await c.req.json()), now);
    const events = eventsOf({ before, after: shops.find(shop, now), change, now });
    return c.json({
      orders: change.orders.map(({ id, gross }) => ({ id, gross_minor: gross })),
      refunds: change.refunds.map(({ id }) => ({ id })),
      webhooks: await announce(state.subscriptions, { shop, events, now }),
    });
  });
  app.post("/places", async (c) => {
    const move = Move.parse(await c.req.json());
    state.places.move(move, Date.now());
    if (move.provider === "shopify") shops.rebuild(move.account);
    return c.json(state.places.of(move.provider, move.account));
  });
  app.get("/shop/:domain/mark", (c) => c.json({ loaded: shops.loaded(c.req.param("domain")) }));
  app.put("/shop/:domain", (c) => {
    shops.begin(c.req.param("domain"));
    return c.json({ ok: true });
  });
  app.post("/shop/:domain/rows", async (c) => {
    shops.add(c.req.param("domain"), (await c.req.json()) as { orders?: OrderRow[]; products?: ProductRow[] });
    return c.json({ ok: true });
  });
  app.post("/shop/:domain/finish", async (c) => {
    const { mark } = z.object({ mark: z.string() }).parse(await c.req.json());
    shops.finish(c.req.param("domain"), mark);
    return c.json({ ok: true });
  });

  function select({ provider, account, grantId, token }: z.infer<typeof Selection>): Grant[] {
    const ofToken = token === undefined ? undefined : (ledger.issued.get(token)?.grantId ?? "none");
    return [...ledger.grants.values()].filter(
      (grant) =>
        (provider ?? grant.provider) === grant.provider &&
        (account ?? grant.account) === grant.account &&
        (grantId ?? grant.id) === grant.id &&
        (ofToken ?? grant.id) === grant.id,
    );
  }
  return app;
}
