import * as build from "virtual:remix/server-build";
import { beforeAll, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { rateLimits } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import { oauthProviders } from "#server/catalog/providers/registry.ts";
import { webhooks } from "#server/catalog/webhooks/registry.ts";
import { newId } from "#server/ids.ts";
import { describeProcedures, type ObjectSchema, restOperations } from "#server/trpc/rest.ts";
import { appRouter } from "#server/trpc/root.ts";
import { ask } from "#test/ask.ts";
import { type Belongings, makeBelongings, snapshotOf } from "#test/contracts/belongings.ts";
import { feed } from "#test/contracts/feed.ts";
import { typesOfProcedures } from "#test/contracts/types-of-procedures.ts";
import { makeUser, testEnv } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";

/**
 * Nonsense at every door. A run is the same each time; whoever looks for more gives SEED another number. Addresses alone are tried in
 * malformed.test.ts, what a stranger may not find in contracts/tenancy.test.ts: here all that a request can carry is bent at once.
 */
const SEED = 20_261_129;

const db = openDb(testEnv.DB);

/** Mulberry32: enough for a test, and a few lines. */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number) => Math.floor(next() * end);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const chance = (of: number) => next() < of;
  return { below, pick, chance };
}
type Random = ReturnType<typeof random>;

/** What none of our pages has in it, and what would be markup where it came out as it went in. */
const canary = `<fuzz q="'`;

const texts: readonly string[] = [
  ...[
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202e\u2066",
    "\u200b",
    "\uffff",
    "\u{1f600}".repeat(40),
    "é".normalize("NFD"),
  ],
  ...["'", "' or 1=1 --", '"', "\\", "\\\\", "%", "%%", "_", "*", "%00", "%zz", "{{7*7}}", "../../etc/passwd", "..\\..", "//evil.example"],
  ...[
    "javascript:alert(1)",
    "data:text/html,x",
    "\r\nset-cookie: a=b",
    "\n",
    "\t",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "9".repeat(400),
    "-1",
    "0x1f",
  ],
  ...[
    "null",
    "undefined",
    "true",
    "[]",
    "{}",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "then",
    "a".repeat(9000),
    "\u0130\u0131ß".repeat(300),
  ],
  ...[canary, `"${canary}`, `${canary}>`, `</script>${canary}`, `]]>${canary}`, `${canary}\u0000`],
];

const numbers = [0, -0, -1, 1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 8.64e15, 8.64e15 + 1, Number.MIN_VALUE];

/** Any JSON value, as deep as is left. */
function anyValue(by: Random, depth = 3): unknown {
  switch (by.below(depth > 0 ? 8 : 5)) {
    case 0:
      return by.pick(numbers);
    case 1:
      return by.pick([null, true, false]);
    case 2:
    case 3:
    case 4:
      return by.pick(texts);
    case 5:
      return Array.from({ length: by.below(4) }, () => anyValue(by, depth - 1));
    case 6:
      return Object.fromEntries(Array.from({ length: by.below(4) }, () => [by.pick(texts), anyValue(by, depth - 1)]));
    default:
      return Array.from({ length: by.pick([101, 1500]) }, () => by.pick(["a", 1, null]));
  }
}

/** A good input of which a field or two, or all, are something else. */
function bent(by: Random, schema: ObjectSchema, own: Belongings, others: Belongings): Record<string, unknown> {
  const input = feed(schema, by.chance(0.5) ? own : others, by.chance(0.6) ? own : others);
  const fields = Object.keys(schema.properties);
  const all = by.chance(0.15);
  for (const field of fields) {
    // Most tries get in by the first door, so that what lies behind it is tried as well.
    const often = field === "tenant" ? 0.1 : all ? 1 : 1.5 / fields.length;
    if (by.chance(often)) input[field] = anyValue(by);
  }
  if (by.chance(0.1)) input[by.pick(texts)] = anyValue(by);
  return input;
}

const bodies: readonly string[] = [
  ...[
    "",
    "{",
    "[",
    "null",
    "1",
    '"a"',
    "[[]]",
    "\ufeff{}",
    '{"a":1,"a":2}',
    '{"__proto__":{"staff":true}}',
    '{"a":1e999}',
    "{'a':1}",
    "\u0000",
  ],
  ...[
    "[".repeat(20_000),
    `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
    `{"a":"${"x".repeat(100_000)}"}`,
    '{"a":"\\ud800"}',
    "a=1&a=2&%zz",
    "--x\r\n\r\n",
  ],
];

function bodyOf(by: Random, input: Record<string, unknown>): string {
  return by.chance(0.85) ? JSON.stringify(input) : by.pick(bodies);
}

/** Lone surrogates as U+FFFD, as every encoder writes them. */
const wellFormed = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text));

/** In an address as browsers write it, or as they do not. */
const written = (by: Random, text: string) =>
  by.chance(0.85) ? encodeURIComponent(wellFormed(text)) : by.pick(["%", "%00", "%ED%A0%80", "%C0%AF", "%2e%2e", "%5c"]);

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function queryOf(by: Random, input: Record<string, unknown>): string {
  const pairs = Object.entries(input).flatMap(([name, value]) => {
    const pair = `${written(by, name)}=${written(by, textOf(value))}`;
    if (by.chance(0.1)) return [pair, `${encodeURIComponent(wellFormed(name))}[]=${written(by, textOf(anyValue(by, 1)))}`];
    return by.chance(0.15) ? [pair, `${written(by, name)}=${written(by, textOf(anyValue(by, 1)))}`] : [pair];
  });
  return `?${pairs.join("&").slice(0, 12_000)}`;
}

const cookieNames = ["session", "flash", "known", "oauth", "sign_in", "tenant"]
  .map((name) => `__Host-atrium_${name}`)
  .concat("atrium_locale", "atrium_theme", "a");

/** What a header may hold: one byte a letter, none of which ends it. */
const headerText = (text: string) =>
  wellFormed(text)
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 3000);

function headersOf(by: Random, token: string | null): Record<string, string> {
  const cookies = Array.from({ length: by.below(3) }, () => {
    const value = by.chance(0.5) ? headerText(by.pick(texts)).replaceAll(";", "") : written(by, by.pick(texts));
    return `${by.pick(cookieNames.filter((name) => token === null || name !== sessionCookie))}=${value}`;
  });
  if (token !== null) cookies.push(`${sessionCookie}=${token}`);
  return {
    origin: testOrigin,
    "cf-connecting-ip": by.chance(0.9) ? `10.9.${by.below(250)}.${by.below(250)}` : headerText(by.pick(texts)).trim(),
    "content-type": by.chance(0.85)
      ? "application/json"
      : by.pick(["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "application/json; charset=utf-16"]),
    ...(by.chance(0.3) && { accept: by.pick(["text/html", "application/json", "*/*", "a/b;q=zz", ""]) }),
    ...(by.chance(0.2) && { "accept-language": headerText(by.pick(texts)).trim(), "user-agent": headerText(by.pick(texts)).trim() }),
    ...(by.chance(0.1) && { "sec-fetch-site": by.pick(["cross-site", "none", "x"]), "sec-fetch-mode": by.pick(["navigate", "cors", "x"]) }),
    ...(by.chance(0.1) && { "if-none-match": headerText(by.pick(texts)).trim(), range: "bytes=5-1", "x-forwarded-host": "evil.example" }),
    ...(cookies.length > 0 && { cookie: cookies.join("; ") }),
  };
}

interface Try {
  door: string;
  path: string;
  init: RequestInit;
}
type Door = (by: Random, token: string | null) => Try;

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;
const withBody = (method: string, body: string | undefined) =>
  method === "GET" || method === "HEAD" || body === undefined ? {} : { body };

let own: Belongings;
let others: Belongings;

const procedures = describeProcedures(appRouter._def.procedures);
const operations = restOperations(appRouter._def.procedures);
/** Paths of Remix's routes: `routes/t.$tenant.runs.$runId` is `/t/:tenant/runs/:runId`. */
const pagesOf = Object.values(build.routes).flatMap((route) => {
  const path: string[] = [];
  let at: typeof route | undefined = route;
  for (; at; at = build.routes[at.parentId ?? ""]) if (at.path) path.unshift(at.path);
  return path.length > 0 && route ? [{ id: route.id, path: path.join("/") }] : [];
});

const bentPath = (by: Random, names: string, values: Record<string, unknown>) =>
  names.replaceAll(/:(\w+)|\{(\w+)\}|\*/g, (_, name: string | undefined, field: string | undefined) => {
    const value = values[name ?? field ?? ""];
    return by.chance(0.9) && value !== undefined ? written(by, textOf(value)) : written(by, by.pick(texts)) || "x";
  });

const things = () => ({
  tenant: by2(own.tenant.id, others.tenant.id),
  provider: "shopify",
  runId: own.runId,
  connectionId: own.connectionId,
  deliveryId: others.deliveryId,
  deletionId: "del_1",
  exportId: others.exportId,
  token: own.invitationToken,
  code: "x",
});
let flip = 0;
const by2 = (a: string, b: string) => (flip++ % 4 === 0 ? b : a);

/** What more than the agency's admins may ask for: most tries go there, the others are soon refused to whoever is none. */
const shared = <T extends { name: string; door: string }>(of: readonly T[]): T[] =>
  of.filter(({ name, door }) => door !== "staff" && !ending.has(name));

const doors: Record<string, Door> = {
  rest: (by, token) => {
    const { name, method, path, input, pathFields } = by.pick(
      by.chance(0.7) ? shared(operations) : operations.filter(({ name }) => !ending.has(name)),
    );
    const values = bent(by, input, own, others);
    const rest = Object.fromEntries(Object.entries(values).filter(([field]) => !pathFields.includes(field)));
    const asked = by.chance(0.9) ? method : by.pick(methods);
    const inQuery = asked === "GET" || asked === "DELETE" || by.chance(0.1);
    const address = `${bentPath(by, path, values)}${inQuery ? queryOf(by, rest) : ""}`;
    return {
      door: name,
      path: address,
      init: { method: asked, headers: headersOf(by, token), ...withBody(asked, inQuery ? undefined : bodyOf(by, rest)) },
    };
  },
  trpc: (by, token) => {
    const { name, input } = by.pick(by.chance(0.7) ? shared(procedures) : procedures.filter(({ name }) => !ending.has(name)));
    const isQuery = typesOfProcedures.get(name) === "query";
    const values = bent(by, input, own, others);
    const method = by.chance(0.9) === isQuery ? "GET" : "POST";
    const batched = by.chance(0.15);
    const body = bodyOf(by, batched ? { 0: values, 1: anyValue(by) } : values);
    const names = batched ? `${name},${by.pick(procedures).name}` : by.chance(0.95) ? name : written(by, by.pick(texts));
    const query = `?${batched ? "batch=1&" : ""}${method === "GET" ? `input=${written(by, body.slice(0, 9000))}` : ""}`;
    return { door: name, path: `/api/trpc/${names}${query}`, init: { method, headers: headersOf(by, token), ...withBody(method, body) } };
  },
  pages: (by, token) => {
    const { id, path } = by.pick(pagesOf);
    const method = by.pick(["GET", "GET", "POST"] as const);
    const input = Object.fromEntries(
      [
        "to",
        "return",
        "search",
        "cursor",
        "connection",
        "kind",
        "status",
        "client",
        "id",
        "job",
        "period",
        "shop",
        "account",
        "among",
        "index",
      ]
        .filter(() => by.chance(0.25))
        .map((name) => [name, anyValue(by, 1)]),
    );
    if (by.chance(0.15)) input._data = by.chance(0.6) ? id : by.pick(texts);
    const headers = headersOf(by, token);
    const fields = {
      intent: by.pick(["code", "resend", "remove", "save", "delete", ...texts]),
      email: by.pick(texts),
      name: by.pick(texts),
      code: by.pick(texts),
      keyId: textOf(anyValue(by)),
      role: by.pick(texts),
    };
    if (method === "POST" && by.chance(0.8)) headers["content-type"] = "application/x-www-form-urlencoded";
    return {
      door: id,
      path: `/${bentPath(by, path, things())}${queryOf(by, input)}`,
      init: { method, headers, ...withBody(method, queryOf(by, fields).slice(1)) },
    };
  },
  webhooks: (by) => {
    const { provider, callbacks = {} } = by.pick(webhooks);
    const connection = by.pick([newId("con", 0), newId("run", 0), "con_"]);
    const path = by.pick([
      "",
      ...Object.keys(callbacks).map((callback) => `/${callback}`),
      ...(provider === "shopify" ? ["/flow"] : []),
      `/${connection}`,
      `/${written(by, by.pick(texts))}`,
    ]);
    const method = by.pick(methods);
    const signatures = [
      "x-shopify-hmac-sha256",
      "x-shopify-topic",
      "x-shopify-shop-domain",
      "x-hub-signature-256",
      "x-hubspot-signature-v3",
      "x-hubspot-request-timestamp",
      "x-slack-signature",
      "x-slack-request-timestamp",
      "klaviyo-signature",
      "klaviyo-timestamp",
      "tiktok-signature",
      "telnyx-signature-ed25519",
      "telnyx-timestamp",
    ];
    const signed = Object.fromEntries(
      signatures
        .filter(() => by.chance(0.5))
        .map((name) => [name, headerText(by.pick([...texts, String(Math.floor(Date.now() / 1000))])).trim()]),
    );
    const query = queryOf(by, { "hub.mode": "subscribe", "hub.challenge": by.pick(texts), "hub.verify_token": by.pick(texts) });
    return {
      door: provider,
      path: `/webhooks/${provider}${path}${query}`,
      init: { method, headers: { ...headersOf(by, null), ...signed }, ...withBody(method, bodyOf(by, { a: anyValue(by) })) },
    };
  },
  consents: (by, token) => {
    const { id: provider } = by.pick(oauthProviders);
    const path = by.pick([
      `/api/auth/oauth/${provider}/authorize`,
      `/api/auth/oauth/${provider}/callback`,
      `/api/integrations/${provider}/oauth/start`,
      `/api/integrations/${provider}/oauth/callback`,
    ]);
    const names = [
      "tenant",
      "sets",
      "scopes",
      "only",
      "shop",
      "connection",
      "return",
      "redirect_path",
      "client",
      "state",
      "code",
      "iss",
      "error",
      "hmac",
      "timestamp",
    ];
    const input = Object.fromEntries(
      names.filter(() => by.chance(0.4)).map((name) => [name, by.chance(0.3) && name === "tenant" ? own.tenant.id : anyValue(by, 1)]),
    );
    return {
      door: path,
      path: `${path}${queryOf(by, input)}`,
      init: { method: by.pick(["GET", "GET", "HEAD", "POST"]), headers: headersOf(by, token) },
    };
  },
  others: (by, token) => {
    const path = by.pick([
      "/healthz",
      "/dev/outbox",
      "/dev/outbox/:code",
      "/api/openapi.json",
      "/api/:code",
      "/t/:tenant/exports/:exportId",
      "/admin/clients/:tenant/exports/:exportId",
      "/:code",
      "/:code/:code",
    ]);
    const method = by.pick(methods);
    return {
      door: path,
      path: `${bentPath(by, path, things())}${queryOf(by, { a: anyValue(by), format: by.pick(texts) })}`,
      init: { method, headers: headersOf(by, token), ...withBody(method, by.pick(bodies)) },
    };
  },
};

/** These would end the person's session, place in the team or client, and with it the walk. */
const ending = new Set(["signIn.out", "me.revokeSession", "me.revokeOtherSessions", "team.leave"]);

test("there are doors of every kind to try", () => {
  expect([operations.length > 40, shared(operations).length > 20, shared(procedures).length > 30, pagesOf.length > 40]).not.toContain(
    false,
  );
  expect(new Set(typesOfProcedures.values())).toEqual(new Set(["query", "mutation"]));
});

beforeAll(async () => {
  own = await makeBelongings("fuzz-own");
  others = await makeBelongings("fuzz-others-marker");
});

const shown = "shows what is another tenant's";

/** What is wrong with an answer, in a word, or null. */
async function faultOf(response: Response, path: string): Promise<string | null> {
  const text = await response.text();
  // It says by 503 that the cron has not ticked, which it has not, or that a provider does not answer, which nobody has connected here.
  const isTheirs = response.status === 503 && /"kind":"unavailable"/.test(text);
  if (response.status >= 500 && !isTheirs && !path.startsWith("/healthz")) return `${response.status}: ${text.slice(0, 300)}`;
  const isRendered = !/^application\/(json|problem)|^text\/plain/.test(response.headers.get("content-type") ?? "");
  if (isRendered && text.includes(canary))
    return `repeats what it was given: …${text.slice(Math.max(0, text.indexOf(canary) - 60)).slice(0, 140)}…`;
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  if (headers.includes(canary)) return `repeats in a header what it was given: ${headers}`;
  const to = response.headers.get("location");
  if (to !== null && /evil\.example|^javascript:|^data:/i.test(new URL(to, testOrigin).hostname || to)) return `sends to ${to}`;
  if (`${text}${headers}`.includes(others.marker)) return shown;
  return null;
}

const people = ["nobody", "an owner", "an admin"] as const;
/** Tries of each person at each kind of door. A page costs four times what a call does. */
const triesAt = (kind: string) => (kind === "rest" || kind === "trpc" ? 60 : 20);

describe.each(Object.keys(doors))("nonsense at the doors of %s", (kind) => {
  // Nobody signs in to a webhook.
  test.each(kind === "webhooks" ? people.slice(0, 1) : people)(
    "of %s is answered or refused: never our own fault, shown as it came, or another's",
    async (who) => {
      const by = random(SEED + Object.keys(doors).indexOf(kind) * 3 + people.indexOf(who));
      const person = who === "nobody" ? null : await makeUser(who === "an admin" ? { staff: true } : { roles: [[own.tenant, "owner"]] });
      const before = await snapshotOf(others);
      const tries = triesAt(kind);
      const statuses: number[] = [];
      const faults: string[] = [];
      for (let at = 0; at < tries; at++) {
        // What was counted against a limit is forgotten, so that the doors stay open.
        if (at % 15 === 0) await db.delete(rateLimits);
        const { door, path, init } = (doors[kind] as Door)(by, person?.token ?? null);
        const response = await ask(path, init);
        statuses.push(response.status);
        const fault = await faultOf(response, path);
        if (fault !== null)
          faults.push(`try ${at}: ${door} ${init.method} ${path.slice(0, 300)} ${String(init.body ?? "").slice(0, 300)}\n  ${fault}`);
      }
      // The agency's admins see every client, and may change it.
      expect(faults.filter((fault) => !(who === "an admin" && fault.endsWith(shown)))).toEqual([]);
      if (who !== "an admin") expect(await snapshotOf(others)).toBe(before);
      expect(statuses).toHaveLength(tries);
      expect(new Set(statuses).size).toBeGreaterThan(1);
    },
  );
});
