import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import type { Account } from "#server/catalog/account.ts";
import type { ActionKind, Doing } from "#server/catalog/actions/action.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { sendWrite } from "#server/domain/wire/send-write.ts";
import { sandbox } from "#test/catalog/sensors/sandbox-account.ts";
import { testCtx } from "#test/harness.ts";

export { sandbox };

let made = 0;
const unique = () => `${Date.now().toString(36)}${(made++).toString(36)}`;

/** An account that no other test meets. */
export const freshAccount: Record<"klaviyo" | "shopify" | "slack", () => string> = {
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
  provider: SandboxProviderId,
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
      ...{ provider, connectionId, externalId: at, name: at, fields: {}, kind: "oauth", scopesGranted: scopes, chosen: [] },
      details: { currency: "GBP", timezone: "Europe/London" },
    },
    (request, taking) => callApi(ctx, access, request, taking),
  );
  return {
    ...{ account, at, called, failed, before: [], now: Date.now(), key: `act_${unique()}` },
    writer: { provider, connectionId, send: (write, schema) => sendWrite(ctx, access, write, schema) },
    ...more,
  };
}

async function accessTo(provider: SandboxProviderId, at: string, scopes: readonly string[]): Promise<ApiAccess> {
  const { access_token } = await sandbox.mint(provider, at, [...scopes]);
  const shop = provider === "shopify" ? at : null;
  return { provider: findProvider(provider), kind: "oauth", shop, secrets: { access_token }, fields: {} };
}

/** The same with no more than what the kind says that it needs. */
export const doingOf = (kind: ActionKind, at: string, more: Partial<Doing> = {}): Promise<AtSandbox> =>
  doingAt(kind.need.provider as SandboxProviderId, at, { scopes: kind.need.scopes, ...more });

interface Effects {
  raw: number;
  effects: number;
  items: { kind: string; key: string; account: string; at: number }[];
}

/** What really happened at an account. */
export const effectsAt = (account: string, kind?: string): Promise<Effects> =>
  sandbox.control<Effects>(`/effects?${new URLSearchParams({ account, ...(kind !== undefined && { kind }) })}`);

/** Profiles that a Klaviyo account has had for long. */
export const giveProfiles = (account: string, profiles: object[]) => sandbox.control(`/klaviyo/${account}/profiles`, profiles);

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
