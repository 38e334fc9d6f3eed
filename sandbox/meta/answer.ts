import { decodeCursor } from "#sandbox/body.ts";
import type { Grant } from "#sandbox/oauth/ledger.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { metaError } from "./error.ts";
import { adAccountsOf, businessesOf, pagesOf, personName } from "./holdings.ts";

/** A permission that was asked for and declined stands in the grant with this before it. */
export const declinedMark = "!";

interface Edge {
  path: RegExp;
  /** One of these is enough. */
  permissions: string[];
  items(person: string, id: string): object[] | undefined;
}

/** ../shared/providers.md, Meta / 1 OAuth (identity and what it opens). */
const edges: Edge[] = [
  { path: /^\/me\/adaccounts$/, permissions: ["ads_read", "ads_management"], items: adAccountsOf },
  { path: /^\/me\/accounts$/, permissions: ["pages_show_list"], items: pagesOf },
  { path: /^\/me\/businesses$/, permissions: ["business_management"], items: businessesOf },
  {
    path: /^\/(act_\d+)\/adspixels$/,
    permissions: ["ads_read", "ads_management"],
    items: (person, id) => adAccountsOf(person).find((each) => each.id === id)?.adspixels.data,
  },
];

export function answerMeta(call: Call, grant: Grant): Response {
  const path = call.route.path.replace(/^\/v\d+\.\d+/, "");
  const { searchParams: query } = call.url;
  if (call.request.method !== "GET")
    return metaError({ code: 3, message: "(#3) Application does not have the capability to make this API call." });
  if (path === "/me") return json(pick(meOf(grant), query.get("fields") ?? "id,name"));
  if (path === "/me/permissions") return json({ data: permissionsOf(grant) });
  for (const { path: pattern, permissions, items } of edges) {
    const match = pattern.exec(path);
    if (!match) continue;
    if (!permissions.some((permission) => grant.scopes.includes(permission))) {
      return metaError({ code: 200, message: `(#200) Requires ${permissions[0]} permission to access this.` }, 403);
    }
    const all = items(grant.account, match[1] ?? "");
    if (all) return page(call, all);
  }
  return metaError({ code: 100, subcode: 33, message: `Unsupported get request. Object with ID '${path.slice(1)}' does not exist.` });
}

function meOf({ account, scopes }: Grant) {
  return { id: account, name: personName(account), ...(scopes.includes("email") && { email: `${account}@people.example` }) };
}

function permissionsOf({ scopes }: Grant) {
  return scopes.map((scope) =>
    scope.startsWith(declinedMark)
      ? { permission: scope.slice(declinedMark.length), status: "declined" }
      : { permission: scope, status: "granted" },
  );
}

/** One page; `next` is a whole address, access token and all. */
function page(call: Call, all: object[]): Response {
  const { searchParams: query } = call.url;
  const limit = Math.min(500, Number(query.get("limit") ?? 25));
  const from = Number(decodeCursor(query.get("after") ?? "") || 0);
  const items = all.slice(from, from + limit);
  const cursors = { before: btoa(String(from)), after: btoa(String(from + items.length)) };
  const next = new URL(call.url);
  next.searchParams.set("access_token", call.provider.bearer(call.request) ?? "");
  next.searchParams.set("after", cursors.after);
  const more = from + items.length < all.length;
  return json({
    data: items.map((item) => pick(item, query.get("fields") ?? "id")),
    paging: { cursors, ...(more && { next: next.href }) },
  });
}

/** The named fields; `id` is always there. Fields of fields (`business{id,name}`) come whole. */
function pick(item: object, fields: string): object {
  const names = new Set(["id", ...fields.replace(/\{[^}]*\}/g, "").split(",")]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}
