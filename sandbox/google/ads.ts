import { readJson } from "#sandbox/body.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { hashOf } from "#sandbox/seed.ts";

export interface AdsCustomer {
  id: string;
  descriptiveName: string;
  manager: boolean;
  level: string;
  status: "ENABLED" | "CANCELED" | "SUSPENDED" | "CLOSED";
  currencyCode: string;
  timeZone: string;
}

/** Whose login is a manager of many, and who never used Google Ads. Everybody else has one customer. */
const managerOfMany = "owner@acme-gifts.example";
const withoutAds = "owner@gamma.example";
const managed = 60;

const idOf = (name: string) => String(1_000_000_000 + (hashOf(name) % 900_000_000));
const customer = (id: string, name: string, more: Partial<AdsCustomer> = {}): AdsCustomer => ({
  id,
  descriptiveName: name,
  manager: false,
  level: "0",
  status: "ENABLED",
  currencyCode: "GBP",
  timeZone: "Europe/London",
  ...more,
});

/** What a person reaches by themselves: a manager, one customer of it directly too, and one that was closed. */
function accessibleTo(email: string): AdsCustomer[] {
  const own = customer(idOf(`${email} own`), `${email.split("@")[1] ?? email} ads`);
  if (email !== managerOfMany) return email === withoutAds ? [] : [own];
  const manager = customer(idOf(`${email} manager`), "Acme Gifts manager", { manager: true });
  const [first] = clientsOf(email);
  const closed = customer(idOf(`${email} closed`), "Closed", { status: "CANCELED" });
  return [manager, ...(first ? [{ ...first, level: "0" }] : []), closed];
}

/** Right below the manager: sixty customers, one of them cancelled and so 61 lines, and another manager. */
function clientsOf(email: string): AdsCustomer[] {
  const line = (index: number): AdsCustomer =>
    customer(
      String(2_000_000_000 + (hashOf(`${email} customers`) % 1_000_000) * 1000 + index),
      `Brand ${String(index + 1).padStart(2, "0")}`,
      {
        level: "1",
        ...(index % 2 === 1 && { currencyCode: "EUR", timeZone: "Europe/Paris" }),
        ...(index === managed && { status: "CANCELED" }),
      },
    );
  return [
    ...Array.from({ length: managed + 1 }, (_, index) => line(index)),
    customer(below(email), "Sub-manager", { manager: true, level: "1" }),
  ];
}

const below = (email: string) => idOf(`${email} below`);

/** Right below the manager that the manager has. */
const clientsBelow = (email: string): AdsCustomer[] =>
  ["North", "South", "West"].map((name) => customer(idOf(`${email} ${name}`), `Branch ${name}`, { level: "1" }));

/** ../shared/providers.md, Google / 5 Reads (Ads). A developer token is ignored since 2026-09-09 (../shared/ads-and-google.md, 0.1). */
export function listAccessibleCustomers(email: string): Response {
  const customers = accessibleTo(email);
  if (customers.length > 0) return json({ resourceNames: customers.map(({ id }) => `customers/${id}`) });
  const { body, status } = adsFailure(
    401,
    "UNAUTHENTICATED",
    { authenticationError: "NOT_ADS_USER" },
    "User in the cookie is not a valid Ads user.",
  );
  return json(body, status);
}

/** `customer_client` of one customer; a stream fails as a list of one. */
export function searchCustomers(email: string, call: Call, id: string): Response {
  const refused = accessProblem(email, call, id);
  if (refused) return json([refused.body], refused.status);
  const query = readJson(call.body);
  const text = typeof query === "object" && query !== null && "query" in query ? String(query.query) : "";
  if (!/ FROM customer_client WHERE customer_client\.level <= 1$/.test(text)) {
    return json(
      [adsFailure(400, "INVALID_ARGUMENT", { queryError: "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE" }, "not a query of the sandbox").body],
      400,
    );
  }
  const own = [...accessibleTo(email), ...clientsOf(email)].find((each) => each.id === id);
  const clients = id === below(email) ? clientsBelow(email) : clientsOf(email);
  const rows = [...(own ? [{ ...own, level: "0" }] : []), ...(own?.manager ? clients : [])];
  const results = rows.map((customerClient) => ({
    customerClient: { resourceName: `customers/${id}/customerClients/${customerClient.id}`, ...customerClient },
  }));
  const half = Math.ceil(results.length / 2);
  return json(
    [results.slice(0, half), results.slice(half)]
      .filter((batch) => batch.length > 0)
      .map((batch) => ({ results: batch, requestId: "sandbox" })),
  );
}

function accessProblem(email: string, call: Call, id: string): Failed | null {
  const login = call.request.headers.get("login-customer-id");
  const direct = accessibleTo(email).find((each) => each.id === id);
  const through = accessibleTo(email).find((each) => each.id === login && each.manager);
  const reached =
    direct && (login === null || login === id || through) ? direct : through && clientsOf(email).find((each) => each.id === id);
  if (!reached)
    return adsFailure(
      403,
      "PERMISSION_DENIED",
      { authorizationError: "USER_PERMISSION_DENIED" },
      "User doesn't have permission to access customer.",
    );
  if (reached.status === "ENABLED") return null;
  return adsFailure(
    403,
    "PERMISSION_DENIED",
    { authorizationError: "CUSTOMER_NOT_ENABLED" },
    "The customer account can't be accessed because it is not yet enabled or has been deactivated.",
  );
}

interface Failed {
  status: number;
  body: object;
}

function adsFailure(code: number, status: string, errorCode: Record<string, string>, message: string): Failed {
  const failure = {
    "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
    errors: [{ errorCode, message }],
    requestId: "sandbox",
  };
  return { status: code, body: { error: { code, message: "Request contains an error.", status, details: [failure] } } };
}
