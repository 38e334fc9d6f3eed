import type { Counters } from "#sandbox/control/counters.ts";
import type { CallFacts, Fault, Faults } from "#sandbox/control/faults.ts";
import { answerKey, carriedBy } from "#sandbox/keys/answer.ts";
import type { KeyCall, KeyService } from "#sandbox/keys/service.ts";
import { keyShelf } from "#sandbox/keys/shelf.ts";
import { authorize } from "#sandbox/oauth/authorize.ts";
import { findLive } from "#sandbox/oauth/ledger.ts";
import { exchange, grantTypeOf } from "#sandbox/oauth/token.ts";
import type { Call, SandboxProvider, SandboxState } from "#sandbox/providers/provider.ts";
import { shelf } from "#sandbox/providers/shelf.ts";
import { bodyFields } from "./body.ts";
import type { SandboxProviderId } from "./endpoints.ts";

/** Answers one request to a provider, with the misbehaviour that was ordered for it. */
export async function dispatch(state: SandboxState, faults: Faults, counters: Counters, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, name = ""] = url.pathname.split("/", 2);
  const service = keyShelf.find(({ id }) => id === name);
  if (service) return dispatchKey(state, faults, counters, { service, request, url });
  const provider = name in shelf ? shelf[name as SandboxProviderId] : undefined;
  const route = provider?.route(url.pathname.slice(name.length + 1), request.method);
  if (!provider || !route) return new Response("Not Found: the sandbox has no such address.\n", { status: 404 });
  // Decoded by hand: workerd warns about text() of a form.
  const body = new TextDecoder().decode(await request.arrayBuffer());
  const call: Call = { provider, route, request, url, body, now: Date.now() };
  const facts = factsOf(state, call);
  const effects = struckBy(facts, faults, counters);
  for (const effect of effects) if (effect.type === "fewer_scopes") withoutScopes(state, facts, effect.without);
  const response = await withEffects(call.provider, effects, () => answer(state, call));
  counters.call(provider.id, route.path, facts.account, response.status);
  return response;
}

function factsOf(state: SandboxState, call: Call): CallFacts {
  const { provider, route } = call;
  const fields = route.kind === "authorize" || route.kind === "api" ? null : bodyFields(call);
  const named = ["refresh_token", provider.codeName ?? "code", "token", ...(provider.tokenFields ?? [])].map((name) => fields?.get(name));
  const tokens = [provider.bearer(call.request), ...named].filter((token): token is string => typeof token === "string");
  const grants = tokens.map((token) => state.ledger.grants.get(state.ledger.issued.get(token)?.grantId ?? ""));
  return {
    provider: provider.id,
    path: route.path,
    kind: route.kind,
    account: route.account ?? grants.find((grant) => grant)?.account ?? null,
    grantType: fields && grantTypeOf(call, fields),
    tokens,
    place: carriesPlace(call),
    writes: route.kind === "api" && (provider.changes?.(call) ?? false),
    content: `${call.request.method} ${call.url.pathname}${call.url.search} ${call.body}`,
  };
}

/** Klaviyo's and Meta's pages are in the query, Google's token too, Shopify's cursor in the body. */
function carriesPlace({ url, body }: Call): boolean {
  const names = ["page[cursor]", "pageToken", "after", "cursor"];
  return names.some((name) => url.searchParams.get(name)) || /"after":\s*"/.test(body);
}

/** A request to a service that is connected by a key, with the same misbehaviour. */
async function dispatchKey(
  state: SandboxState,
  faults: Faults,
  counters: Counters,
  { service, request, url }: { service: KeyService; request: Request; url: URL },
): Promise<Response> {
  const body = new TextDecoder().decode(await request.arrayBuffer());
  const call: KeyCall = { service, request, url, body, path: url.pathname.slice(service.id.length + 1), now: Date.now() };
  const { account, ...carried } = carriedBy(state, call);
  const facts = { provider: service.id, path: call.path, account, ...carried };
  const response = await withEffects(service, struckBy(facts, faults, counters), () => answerKey(state, call));
  counters.call(service.id, call.path, account, response.status);
  return response;
}

function struckBy(facts: CallFacts, faults: Faults, counters: Counters): Fault["effect"][] {
  const effects = faults.strike(facts);
  for (const { type } of effects) counters.strike(facts.kind, type);
  return effects;
}

/** How a provider says that something is wrong: what every fault is dressed in. */
type Voice = Pick<SandboxProvider, "rateLimited" | "serverError" | "errorInSuccess" | "lostPlace">;

const between = (least: number, most: number) => least + Math.random() * (most - least);

async function withEffects(voice: Voice, effects: Fault["effect"][], answered: () => Response | Promise<Response>): Promise<Response> {
  for (const effect of effects) {
    if (effect.type === "rate_limited") return voice.rateLimited(effect.retryAfter);
    if (effect.type === "error") return voice.serverError(effect.status);
    if (effect.type === "error_in_200") return voice.errorInSuccess();
    if (effect.type === "lost_place") return voice.lostPlace?.() ?? voice.serverError(400);
  }
  let response = await answered();
  for (const effect of effects) {
    if (effect.type === "omit") response = await without(response, effect.fields);
    if (effect.type === "slow") await new Promise((done) => setTimeout(done, between(effect.ms, effect.toMs ?? effect.ms)));
    if (effect.type === "reply_lost") return effect.how === "502" ? new Response("Bad Gateway\n", { status: 502 }) : broken();
  }
  return response;
}

function answer(state: SandboxState, call: Call): Response | Promise<Response> {
  const { provider, route } = call;
  switch (route.kind) {
    case "authorize":
      return authorize(state, call);
    case "token":
      return exchange(state, call);
    case "introspect":
      return provider.introspect?.(state, call, bodyFields(call)) ?? new Response("Not Found\n", { status: 404 });
    case "revoke":
      return provider.revoke(state, call, bodyFields(call));
    case "api": {
      const token = provider.bearer(call.request);
      const held = findLive(state.ledger, "access", token, call.now) ?? findLive(state.ledger, "key", token, call.now);
      if (held?.grant.provider === provider.id) return provider.api(state, call, held.grant);
      return provider.unauthorized(call, token === null ? undefined : state.ledger.issued.get(token));
    }
    default:
      return route.kind satisfies never;
  }
}

function withoutScopes(state: SandboxState, { tokens, kind }: CallFacts, scopes: string[]): void {
  if (kind !== "token") return;
  for (const token of tokens) {
    const grant = state.ledger.grants.get(state.ledger.issued.get(token)?.grantId ?? "");
    if (grant) state.ledger.saveGrant(Object.assign(grant, { scopes: grant.scopes.filter((scope) => !scopes.includes(scope)) }));
  }
}

async function without(response: Response, fields: string[]): Promise<Response> {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return response;
  const text = await response.text();
  const body: unknown = JSON.parse(text, (name, value) => (fields.includes(name) ? undefined : value));
  return new Response(JSON.stringify(body), { status: response.status, headers: response.headers });
}

/** A reply that begins and breaks off. */
function broken(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"acc'));
    },
    pull(controller) {
      controller.error(new Error("the sandbox was told to lose this reply"));
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}
