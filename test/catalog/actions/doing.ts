import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { type KeyServiceId, keyServices, type SandboxProviderId } from "#sandbox/endpoints.ts";
import type { Account } from "#server/catalog/account.ts";
import type { ActionKind, Doing } from "#server/catalog/actions/action.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { sendWrite } from "#server/domain/wire/send-write.ts";
import { sandbox } from "#test/catalog/sensors/sandbox-account.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { testCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";

export { sandbox };

let made = 0;
const unique = () => `${Date.now().toString(36)}${(made++).toString(36)}`;

/** An account that no other test meets. */
export const freshAccount: Record<"klaviyo" | "shopify" | "slack" | "cj" | "bigbuy" | "hubspot", () => string> = {
  hubspot: () => `9${String(Date.now()).slice(-6)}${(1000 + made++) % 10_000}0`,
  cj: () => `C${unique()}`,
  bigbuy: () => `B${unique()}`,
  klaviyo: () => `K${unique().slice(-5)}`,
  shopify: () => `act-${unique()}.myshopify.com`,
  slack: () => `T${unique().toUpperCase().slice(-10)}`,
};

export interface AtSandbox extends Doing {
  /** The sandbox's name of the account. */
  at: string;
  /** Providers that were called. */
  called: Set<string>;
  /** How calls failed, those too that were tried again. */
  failed: string[];
}

/** What a kind is handed by the engine: an account and a writer over the real wire, with a fresh token of these scopes at the sandbox. */
export async function doingAt(
  provider: SandboxProviderId | KeyServiceId,
  at: string,
  { scopes, ...more }: Partial<Doing> & { scopes: readonly string[] },
): Promise<AtSandbox> {
  const called = new Set<string>();
  const failed: string[] = [];
  const ctx = testCtx({
    outbound(input, init) {
      called.add(new URL(String(input instanceof Request ? input.url : input)).pathname.split("/")[1] ?? "");
      return fetch(input, init);
    },
  });
  const access: ApiAccess = { ...(await accessTo(provider, at, scopes)), onFailed: ({ kind }) => failed.push(kind) };
  const connectionId = `con-${at}`;
  const account: Account = accountOf(
    {
      ...{ provider, connectionId, externalId: at, name: at, fields: {}, kind: access.kind, scopesGranted: scopes, chosen: [] },
      details: { currency: "GBP", timezone: "Europe/London" },
    },
    (request, taking) => callApi(ctx, access, request, taking),
  );
  return {
    ...{ account, at, called, failed, before: [], now: Date.now(), key: `act_${unique()}` },
    hashOf: testHash,
    writer: { provider, connectionId, send: (write, schema) => sendWrite(ctx, access, write, schema) },
    ...more,
  };
}

const isKey = (provider: string): provider is KeyServiceId => keyServices.some((id) => id === provider);

async function accessTo(provider: SandboxProviderId | KeyServiceId, at: string, scopes: readonly string[]): Promise<ApiAccess> {
  if (isKey(provider)) {
    const { fields } = await mintKey(provider, at);
    return { provider: findProvider(provider), kind: "key", shop: null, secrets: await secretsOf(provider, fields), fields };
  }
  const { access_token } = await sandbox.mint(provider, at, [...scopes]);
  const shop = provider === "shopify" ? at : null;
  return { provider: findProvider(provider), kind: "oauth", shop, secrets: { access_token }, fields: {} };
}

/** What opens the API: the key itself, or at CJ the token that it buys. */
async function secretsOf(provider: KeyServiceId, fields: Record<string, string>): Promise<Record<string, string>> {
  if (provider !== "cj") return fields;
  const body = JSON.stringify({ apiKey: fields.api_key });
  const answer = await fetch(`${sandboxOrigin}/cj/authentication/getAccessToken`, { method: "POST", body });
  const { data } = (await answer.json()) as { data: { accessToken: string } };
  return { access_token: data.accessToken };
}

/** The same with no more than what the kind says that it needs. */
export const doingOf = (kind: ActionKind, at: string, more: Partial<Doing> = {}): Promise<AtSandbox> =>
  doingAt(kind.need.provider as SandboxProviderId | KeyServiceId, at, { scopes: kind.need.scopes, ...more });

/** The shop beside a supplier, as a kind reads it. */
export async function besideShop(shop: string): Promise<Pick<Doing, "also">> {
  const { account } = await doingAt("shopify", shop, { scopes: ["read_orders", "read_customers", "read_products"] });
  return { also: (provider) => (provider === "shopify" ? account : null) };
}

/** Other accounts beside it, by provider, with what the kind says that it reads there. */
export async function besideOf(kind: ActionKind, accounts: Readonly<Record<string, string>>): Promise<Pick<Doing, "also">> {
  const opened = new Map<string, Account>();
  for (const [provider, at] of Object.entries(accounts)) {
    const scopes = (kind.reads ?? []).filter((need) => need.provider === provider).flatMap((need) => need.scopes);
    opened.set(provider, (await doingAt(provider as SandboxProviderId, at, { scopes })).account);
  }
  return { also: (provider) => opened.get(provider) ?? null };
}

/** As a client's own key would make it. */
export const testHash = (text: string): string => encodeHexLowerCase(sha256(new TextEncoder().encode(`a client's key ${text}`)));

interface AtSupplier {
  purse: { balance: number };
  orders: { number: string; status: string; total?: number; to: Record<string, string>; products: { quantity: number }[] }[];
}
/** Says what a supplier's account has, and how far its orders are; answers how it stands there. */
export const supplier = (provider: "cj" | "bigbuy", account: string, change: object = {}): Promise<AtSupplier> =>
  sandbox.control<AtSupplier>(`/suppliers/${provider}/${account}`, change);

/** Where a buyer wants it sent, as suppliers need it. */
export const sentTo = {
  email: "ana@example.com",
  shippingAddress: {
    ...{ firstName: "Ana", lastName: "Belmont", address1: "1 rue de la Paix", city: "Paris", zip: "75001" },
    ...{ countryCode: "FR", phone: "+33600000000" },
  },
};

/** A shop with one paid order of two Ware A, and the order's ids. */
export async function shopWithOrder(more: object = {}): Promise<{ shop: string; order: string; line: string; variant: string }> {
  const shop = freshAccount.shopify();
  await sandbox.control(`/shop/${shop}`, undefined, "PUT");
  await sandbox.control(`/shop/${shop}/rows`, { orders: [], products: [{ code: "A", title: "Ware A", price: "20.00", inventory: 9 }] });
  await sandbox.control(`/shop/${shop}/finish`, { mark: "hand" });
  const { orders } = await sandbox.control<{ orders: { id: number }[] }>(`/shop/${shop}/changes`, {
    orders: [{ customerId: 12_001, lines: [{ code: "A", quantity: 2 }], checkout: sentTo, ...more }],
  });
  const order = String(orders[0]?.id);
  const query = `{ order(id: "gid://shopify/Order/${order}") { lineItems(first: 1) { nodes { id variant { id } } } } }`;
  const found = await askShop<{ order: { lineItems: { nodes: { id: string; variant: { id: string } }[] } } }>(shop, query);
  const [node] = found.order.lineItems.nodes;
  return { shop, order, line: node?.id.split("/").at(-1) ?? "", variant: node?.variant.id.split("/").at(-1) ?? "" };
}

interface Effects {
  raw: number;
  effects: number;
  items: { kind: string; key: string; account: string; at: number }[];
}

/** What really happened at an account. */
export const effectsAt = (account: string, kind?: string): Promise<Effects> =>
  sandbox.control<Effects>(`/effects?${new URLSearchParams({ account, ...(kind !== undefined && { kind }) })}`);

/** Profiles that a Klaviyo account has had for long. */
export const giveProfiles = (account: string, profiles: object[]) =>
  sandbox.control<{ id: string }[]>(`/klaviyo/${account}/profiles`, profiles);

/** What a Klaviyo account's catalog has had for long, and how its jobs go from now on. */
export const giveCatalog = (account: string, catalog: object) => sandbox.control(`/klaviyo/${account}/catalog`, catalog);

/** What becomes of so many of a coupon's codes that nobody was given yet; those that there were. */
export const giveCodes = (account: string, change: object) => sandbox.control<string[]>(`/klaviyo/${account}/coupon-codes`, change);

/** The lists of a Klaviyo account, with the profiles on each. */
export const listsAt = (account: string) => sandbox.control<{ id: string; name: string; members: string[] }[]>(`/klaviyo/${account}/lists`);

export const firstList = async (account: string): Promise<string> => (await listsAt(account))[0]?.id ?? "";

/** Puts people on a list at Klaviyo itself, takes them off, or deletes it. */
export const changeList = (account: string, list: string, change: object) => sandbox.control(`/klaviyo/${account}/lists/${list}`, change);

/** Asks Klaviyo itself for something, or sends it, with all permissions that this takes. */
export async function askKlaviyo<T>(account: string, path: string, body?: object): Promise<T> {
  const scopes = ["profiles:read", "lists:read", "catalogs:read", "coupons:write", "coupon-codes:read"];
  const { access_token } = await sandbox.mint("klaviyo", account, scopes);
  const answer = await fetch(`${sandbox.endpoints.klaviyo.api}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${access_token}`, revision: "2026-10-15" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as T;
}

/** Events that a Klaviyo account has had since then, of profiles that it has. */
export const giveEvents = (account: string, events: object[]) => sandbox.control(`/klaviyo/${account}/events`, events);

/** Asks a shop something with all permissions. */
export async function askShop<T>(shop: string, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const scopes = ["read_customers", "read_orders", "read_all_orders", "read_products", "write_discounts", "write_customers"];
  const { access_token } = await sandbox.mint("shopify", shop, scopes);
  const { body } = await sandbox.graphql<T>(shop, access_token, query, variables);
  if (!body.data) throw new Error(JSON.stringify(body));
  return body.data;
}

/** The number of the shop's first customer, order or product. */
export async function firstId(shop: string, of: "customers" | "orders" | "products"): Promise<string> {
  const found = await askShop<Record<string, { nodes: { id: string }[] }>>(shop, `{ ${of}(first: 1) { nodes { id } } }`);
  return found[of]?.nodes[0]?.id.split("/").at(-1) ?? "";
}
