import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { AccountFacts, CallbackFault, Failure, Identity, OAuthProvider, Rates, Reply } from "#server/catalog/provider.ts";
import { byRefreshToken, failureOfStatus, readStandardGrant } from "./replies.ts";
import { shopifyGraphql, shopifyVersion } from "./shopify-api.ts";
import { deliveries } from "./shopify-deliveries.ts";

const offlineToken = "urn:shopify:params:oauth:token-type:offline-access-token";
/** A shop's permanent domain. */
export const shopPattern = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;
const callbackLifeS = 90;
/** What of a token reply says that the token ends. */
const Ends = z.object({ expires_in: z.unknown().optional(), refresh_token: z.unknown().optional() });

/** What stands around an address where it is pasted out of a sentence: brackets, quotes of any script, and what ends the sentence. */
const edges = /^[\p{Ps}\p{Pi}\p{Pf}\u0022'`<]+|[\p{Pe}\p{Ps}\p{Pi}\p{Pf}\u0022'`>.,;:!]+$/gu;

/**
 * The shop that an address names, as people copy it from the address bar: `Acme-Gifts`, any address of
 * `acme-gifts.myshopify.com`, and any of its admin (`admin.shopify.com/store/acme-gifts/orders`) name `acme-gifts.myshopify.com`.
 * Only the host says which shop it is (the path too on the admin's own host), so that nothing behind it can name another one; what is
 * no such address is answered as it came, and refused by the pattern. Characters that nobody sees are nowhere part of it.
 */
function shopOf(text: string): string {
  const typed = text
    .replace(/\p{Cf}/gu, "")
    .trim()
    .toLowerCase()
    .replace(edges, "")
    .replace(/^(?:https?:)?\/\//, "");
  if (/[\\\p{Cc}]/u.test(typed)) return typed;
  const [, named = "", path = ""] = /^([a-z0-9.-]+)(?::443|:80)?(\/[^?#\s]*)?(?:[?#].*)?$/.exec(typed) ?? [];
  // A host may end in the dot of the root.
  const host = named.replace(/\.$/, "");
  if (host === "admin.shopify.com") {
    const name = /^\/store\/([a-z0-9][a-z0-9-]*)(?:\/|$)/.exec(path)?.[1];
    return name === undefined ? typed : `${name}.myshopify.com`;
  }
  if (shopPattern.test(host)) return host;
  return /^[a-z0-9][a-z0-9-]*$/.test(host) && /^\/*$/.test(path) ? `${host}.myshopify.com` : typed;
}

const ShopDomain = z
  .string()
  .max(2000)
  .transform(shopOf)
  .pipe(z.string().max(100).regex(shopPattern, "the shop's address, as in my-shop.myshopify.com"));

/**
 * Every parameter but `hmac` and `signature`, sorted, form-encoded, under the client secret; at most 90 s old. Source:
 * Shopify's own hmac-validator in @shopify/shopify-api 13.1.
 */
function callbackFault({
  parameters,
  clientSecret,
  shop,
  now,
}: {
  parameters: URLSearchParams;
  clientSecret: string;
  shop: string | null;
  now: number;
}): CallbackFault | null {
  const signed = [...parameters].filter(([name]) => name !== "hmac" && name !== "signature");
  signed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const expected = encodeHexLowerCase(hmac(SHA256, bytes(clientSecret), bytes(new URLSearchParams(signed).toString())));
  if (clientSecret === "" || !constantTimeEqual(bytes(expected), bytes(parameters.get("hmac") ?? ""))) return "forged";
  const timestamp = Number(parameters.get("timestamp") ?? Number.NaN);
  if (!(Math.abs(now / 1000 - timestamp) <= callbackLifeS)) return "stale";
  return shop !== null && parameters.get("shop") === shop ? null : "other_shop";
}

const Errors = z.object({
  errors: z.union([
    z.string(),
    z.array(z.object({ message: z.string().default(""), extensions: z.object({ code: z.string().optional() }).optional() })),
  ]),
});
const Cost = z.object({
  extensions: z.object({
    cost: z.object({
      requestedQueryCost: z.number(),
      actualQueryCost: z.number().nullish(),
      throttleStatus: z.object({
        maximumAvailable: z.number().positive(),
        currentlyAvailable: z.number(),
        restoreRate: z.number().positive(),
      }),
    }),
  }),
});

/** Points of the smallest plan, in which a query of ours costs some tens; each reply says what the shop's own has. */
const rates: Rates = {
  of: () => [{ name: "points", most: 2_000, perS: 100 }],
  cost: 50,
  said({ body }) {
    const cost = Cost.safeParse(body).data?.extensions.cost;
    if (!cost) return { said: [] };
    const { maximumAvailable: most, currentlyAvailable: left, restoreRate: perS } = cost.throttleStatus;
    return { said: [{ name: "points", most, perS, left, exact: true }], cost: cost.actualQueryCost ?? cost.requestedQueryCost };
  },
};

/** GraphQL fails with status 200. A throttled query says what it costs and how fast the bucket fills: that is the wait. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const failed = Errors.safeParse(body);
  const errors = failed.success ? failed.data.errors : [];
  const message = typeof errors === "string" ? errors : errors.map((error) => error.message).join("; ");
  const byStatus = failureOfStatus(status, headers, message || `status ${status}`);
  if (byStatus) return byStatus;
  if (typeof errors === "string") return { kind: "rejected", message };
  if (errors.length === 0) return null;
  const has = (code: string) => errors.some(({ extensions }) => extensions?.code === code);
  if (has("THROTTLED")) return { kind: "rate_limited", message, retryAfterS: throttleWait(body) };
  if (has("ACCESS_DENIED")) return { kind: "missing_scopes", message };
  return { kind: has("INTERNAL_SERVER_ERROR") ? "unavailable" : "rejected", message };
}

const Mutated = z.object({ data: z.record(z.string(), z.unknown()) });

/** A field that could not be read back fails after its mutation was done, whose own field is null where it was not. */
const acted = ({ body }: Reply): boolean => Object.values(Mutated.safeParse(body).data?.data ?? {}).some((field) => field !== null);

/** The one refusal that RFC 6749 does not know: a token that cannot be exchanged (shopify-api-js, token exchange). */
function tokenFailureOf({ status, body }: Reply): Failure | undefined {
  const code = z.object({ error: z.literal("invalid_subject_token") }).safeParse(body).data?.error;
  return status === 400 && code ? { kind: "revoked", message: `token endpoint: ${code}` } : undefined;
}

function throttleWait(body: unknown): number {
  const parsed = Cost.safeParse(body);
  if (!parsed.success) return 1;
  const { requestedQueryCost, throttleStatus } = parsed.data.extensions.cost;
  return Math.max(1, Math.ceil((requestedQueryCost - throttleStatus.currentlyAvailable) / throttleStatus.restoreRate));
}

const Shop = z.object({
  data: z.object({
    shop: z.object({
      id: z.string(),
      name: z.string(),
      myshopifyDomain: z.string().toLowerCase().regex(shopPattern),
      email: z.string().nullish(),
      currencyCode: z.string(),
      ianaTimezone: z.string(),
    }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
  }),
});

const graphql = <S extends z.ZodType>(account: Account, query: string, schema: S): Promise<z.output<S>> =>
  account.json({ method: "POST", path: shopifyGraphql, body: { query }, reads: true }, schema);

const Facts = z.object({ data: z.object({ shop: z.object({ currencyCode: z.string(), ianaTimezone: z.string() }) }) });

async function facts(account: Account): Promise<AccountFacts> {
  const { data } = await graphql(account, "{ shop { currencyCode ianaTimezone } }", Facts);
  return { currency: data.shop.currencyCode, timezone: data.shop.ianaTimezone };
}

async function identify(account: Account): Promise<Identity> {
  const { data } = await graphql(
    account,
    "{ shop { id name myshopifyDomain email currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } } }",
    Shop,
  );
  return {
    externalId: data.shop.id,
    name: data.shop.name,
    scopes: data.currentAppInstallation.accessScopes.map(({ handle }) => handle),
    details: {
      currency: data.shop.currencyCode,
      timezone: data.shop.ianaTimezone,
      shop: data.shop.myshopifyDomain,
      ...(data.shop.email && { email: data.shop.email }),
    },
  };
}

export const shopify: OAuthProvider = {
  id: "shopify",
  name: "Shopify",
  description: {
    en: "Orders, customers, products and stock of your shop.",
    fr: "Commandes, clients, produits et stock de votre boutique.",
    he: "הזמנות, לקוחות, מוצרים ומלאי של החנות שלך.",
  },
  api: "https://{shop}",
  hosts: [shopPattern],
  oauth: {
    credentials: { clientId: "SHOPIFY_CLIENT_ID", clientSecret: "SHOPIFY_CLIENT_SECRET" },
    removal: {
      en: "Settings, then Apps and sales channels, in your shop's admin",
      fr: "Paramètres, puis Applications et canaux de vente, dans l’interface de votre boutique",
      he: "הגדרות ואז אפליקציות וערוצי מכירה, בניהול החנות",
    },
    endpoints: {
      authorize: "https://{shop}/admin/oauth/authorize",
      token: "https://{shop}/admin/oauth/access_token",
      revoke: "https://{shop}/admin/api_permissions/current.json",
    },
    shop: ShopDomain,
    opensClient: "shop",
    identityScopes: [],
    scopeSets: [
      {
        id: "shop",
        title: { en: "Orders, customers and products", fr: "Commandes, clients et produits", he: "הזמנות, לקוחות ומוצרים" },
        scopes: ["read_orders", "read_products", "read_customers", "read_inventory"],
        default: true,
      },
      {
        id: "history",
        title: {
          en: "Orders older than 60 days",
          fr: "Commandes de plus de 60 jours",
          he: "הזמנות ישנות מ-60 יום",
        },
        scopes: ["read_all_orders"],
        default: true,
      },
      {
        id: "deliveries",
        title: { en: "Deliveries as they happen", fr: "Livraisons en temps réel", he: "משלוחים בזמן אמת" },
        scopes: [deliveries.scope],
        default: true,
      },
      {
        id: "tags",
        title: {
          en: "Tags on customers, orders and products",
          fr: "Tags sur les clients, les commandes et les produits",
          he: "תגיות על לקוחות, הזמנות ומוצרים",
        },
        scopes: ["write_customers", "write_orders", "write_products"],
        default: false,
        acts: true,
      },
      {
        id: "drafts",
        title: { en: "Draft orders", fr: "Commandes provisoires", he: "טיוטות הזמנה" },
        scopes: ["read_draft_orders"],
        default: false,
        acts: true,
      },
      {
        id: "pixel",
        title: {
          en: "Completed checkouts of your storefront",
          fr: "Paiements aboutis de la boutique en ligne",
          he: "תשלומים שהושלמו באתר החנות",
        },
        scopes: ["write_pixels", "read_customer_events"],
        default: false,
        acts: true,
      },
      {
        id: "fulfilment",
        title: { en: "Sending orders, with tracking", fr: "Expédition des commandes, avec suivi", he: "שליחת הזמנות, עם מעקב" },
        scopes: ["read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"],
        default: false,
        acts: true,
      },
      {
        id: "discounts",
        title: { en: "Discount codes", fr: "Codes de réduction", he: "קודי הנחה" },
        scopes: ["read_discounts", "write_discounts"],
        default: false,
        acts: true,
      },
    ],
    incremental: false,
    scopeParameters: (scopes) => ({ scope: scopes.join(",") }),
    // The granted list may leave out a read that a write implies.
    grants: (granted, scope) => granted.includes(scope) || granted.includes(scope.replace(/^read_/, "write_")),
    pkce: false,
    clientAuthentication: "json",
    authorizeParameters: {},
    // New apps must take expiring offline tokens, and have to ask for them.
    exchange: (request, { code = "" }) => request({ code, expiring: "1" }),
    defaultExpiresInS: 3600,
    renewals: [
      byRefreshToken({ rotates: true, retryable: true }),
      // From 2027-01-01 on tokens without an end are refused. The exchange happens once for a shop, and there is no way back:
      // the old token is dead with it, so that a lost reply cannot be asked for again.
      {
        with: "access_token",
        of: "lasting",
        fields: (token) => ({
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token: token,
          subject_token_type: offlineToken,
          requested_token_type: offlineToken,
          expiring: "1",
        }),
        rotates: true,
        retryable: false,
      },
    ],
    tokenFailureOf,
    callbackFault,
    readGrant(reply) {
      const grant = readStandardGrant(reply, ",");
      // A reply with neither an end nor a refresh token is how an older app's token looks, which never ends. One whose end cannot be read has one.
      const { expires_in: end, refresh_token: refresh } = Ends.parse(reply);
      return (end ?? null) === null && (refresh ?? null) === null ? { ...grant, expiresInS: null } : grant;
    },
    authorization: ({ secrets }) => ({ headers: { "x-shopify-access-token": secrets.access_token ?? "" } }),
    identify,
    // Uninstalls the app from the shop.
    revocation: {
      ends: "grant",
      request: ({ accessToken }) => ({ method: "DELETE", headers: { "x-shopify-access-token": accessToken } }),
    },
  },
  // A version lives for twelve months at least; what is older than that is answered by the oldest one that lives.
  versions: [{ name: `Admin API ${shopifyVersion}`, endsOn: "2027-10-01" }],
  rates,
  failureOf,
  acted,
  async probe(account) {
    await facts(account);
  },
  facts,
};
