import { encodeBase64 } from "@oslojs/encoding";
import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { flowCalls } from "#db/schema/index.ts";
import type { Locale, Saying } from "#db/words/locales.ts";
import type { RefusalReason } from "#db/words/webhooks.ts";
import { looksPersonal } from "#server/catalog/actions/payload.ts";
import { type FlowAction, type FlowActionHandle, flowActionHandles, flowActionOf } from "#server/catalog/flow-actions.ts";
import { shopPattern } from "#server/catalog/providers/shopify.ts";
import { parseJson } from "#server/catalog/webhooks/json.ts";
import { shopifyWebhook } from "#server/catalog/webhooks/shopify.ts";
import { hmacOf, isSigned } from "#server/catalog/webhooks/signature.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { type EventAccount, findAccounts } from "#server/domain/webhooks/find-accounts.ts";
import { keepRefusal } from "#server/domain/webhooks/keep-refusal.ts";
import { conflict, DomainError, domainError, forbidden, invalid, notFound, statusOf } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { type FlowDone, flowDoers } from "./do-flow-action.ts";
import { readFlowMay } from "./read-flow-may.ts";
import { sayingOfCall } from "./saying-of-call.ts";

/** What Flow is answered: nothing but a reason where it is not proven to be Shopify's, else a status and words for the merchant. */
export type FlowAnswer =
  | { is: "unproven"; reason: Extract<RefusalReason, "no_secret" | "no_signature" | "wrong_signature" | "unreadable"> }
  | { is: "answer"; status: number; says: Saying; locale: Locale; retryAfterS?: number };

/** Longer than Flow waits for an answer (10 s): a call that was begun longer ago has nobody who works on it. */
const leaseMs = 30_000;

const Text = z.union([z.string(), z.number()]).transform(String);
/** All of it is in the signed body: nothing is believed of a header (shopify.dev, "Create Flow action endpoints"). */
const Call = z.object({
  shop_id: Text,
  shopify_domain: z.string().toLowerCase().regex(shopPattern),
  action_run_id: Text.pipe(z.string().min(1).max(200)),
  handle: z.string().max(60),
  properties: z.record(z.string(), z.unknown()).default({}),
});
type Call = z.output<typeof Call>;

/**
 * What a workflow in Shopify Flow asks for: proven by the app's secret over the raw body, of the client that has the shop, and done once by Shopify's
 * id of it. Flow asks again after a 5xx, a 429 or silence, for a day or more, and is answered the same once it is over; a body that somebody
 * sends once more is no more than that. Done with an admin's rights of that client, by the same verbs as the pages', and only what the
 * client's settings allow; nothing of it approves or decides anything. Throws what kept it from being known whether it was done: Flow asks again.
 */
export async function receiveFlowCall(ctx: Ctx, { signature, body }: { signature: string | null; body: Uint8Array }): Promise<FlowAnswer> {
  const unproven = async (reason: Extract<FlowAnswer, { is: "unproven" }>["reason"]): Promise<FlowAnswer> => {
    await keepRefusal(ctx, { provider: "shopify", callback: "flow", reason });
    return { is: "unproven", reason };
  };
  const secret = ctx.config.SHOPIFY_CLIENT_SECRET;
  if (!secret) return unproven("no_secret");
  if (signature === null) return unproven("no_signature");
  if (!isSigned(encodeBase64(await hmacOf(secret, body)), signature)) return unproven("wrong_signature");
  const call = Call.safeParse(parseJson(body));
  if (!call.success) return unproven("unreadable");
  let locale: Locale = "en";
  try {
    const owner = await ownerOf(ctx, call.data);
    locale = owner.tenant.locale;
    if (isStopped(owner.tenant)) throw conflict("client_suspended");
    return await answerFor(enterTenant(ctx, owner.tenant, "admin"), owner.connectionId, call.data);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind === "internal") throw error;
    return refusing(error, locale);
  }
}

const refusing = ({ kind, code, params, retryAfterS }: DomainError, locale: Locale): FlowAnswer => ({
  ...{ is: "answer", status: statusOf[kind], says: { code, params }, locale },
  ...(retryAfterS !== undefined && { retryAfterS }),
});

/** The one client that has this shop now. Throws `not_found`, and `conflict` where there are several. */
async function ownerOf(ctx: Ctx, { shopify_domain: shop, shop_id: id }: Call): Promise<EventAccount> {
  const places = await findAccounts(ctx, shopifyWebhook, new Set([shop]));
  const owners = places
    .flatMap(({ found }) => found)
    .filter(({ status, externalId }) => status === "active" && (!externalId.startsWith(gid) || externalId === `${gid}${id}`));
  const [owner, other] = owners;
  if (!owner) throw notFound("shop");
  if (other) throw conflict("shop_in_several");
  return owner;
}

const gid = "gid://shopify/Shop/";

type Row = typeof flowCalls.$inferSelect;

async function answerFor(ctx: TenantCtx, connectionId: string, call: Call): Promise<FlowAnswer> {
  const row = (await findCall(ctx, connectionId, call)) ?? (await keepCall(ctx, connectionId, call));
  if (row.status !== "begun") return answerOf(ctx, row);
  const held = await claimCall(ctx, row);
  if (!held) throw domainError("underway_already", {}, { retryAfterS: leaseMs / 1000 });
  return answerOf(ctx, await finish(ctx, held));
}

async function findCall(ctx: TenantCtx, connectionId: string, call: Pick<Call, "action_run_id">): Promise<Row | undefined> {
  const own = and(eq(flowCalls.connectionId, connectionId), eq(flowCalls.runKey, call.action_run_id));
  const [row] = await ctx.db
    .select()
    .from(flowCalls)
    .where(inTenant(ctx, flowCalls, own));
  return row;
}

/** Writes it down before anything is done. What is filled in and looks like somebody's is not kept. Throws `rate_limited`. */
async function keepCall(ctx: TenantCtx, connectionId: string, call: Call): Promise<Row> {
  await takeFromLimit(ctx, limitOf("flow:tenant", ctx.tenant.id));
  await takeFromLimit(ctx, limitOf("flow-day:tenant", ctx.tenant.id));
  const now = ctx.now();
  const action = handleOf(call.handle);
  await ctx.db
    .insert(flowCalls)
    .values({
      ...{ id: newId("flw", now), tenantId: ctx.tenant.id, connectionId, runKey: call.action_run_id, action: call.handle },
      ...{ properties: action ? kept(flowActionOf(action), call) : {}, status: "begun", receivedAt: now },
      // Nobody works on it yet: whoever claims it first.
      ...{ begunAt: 0, requestId: ctx.request.id },
      ...(action && problemOf(flowActionOf(action), call)),
    })
    .onConflictDoNothing();
  const row = await findCall(ctx, connectionId, call);
  if (!row) throw new Error("a call that was just kept is not there");
  return row;
}

const handleOf = (handle: string): FlowActionHandle | undefined => flowActionHandles.find((each) => each === handle);

const mostOf = ({ type }: FlowAction["properties"][number]): number => (type === "multi_line_text_field" ? 500 : 100);

const kept = ({ properties }: FlowAction, call: Call): Record<string, string> =>
  Object.fromEntries(
    properties.flatMap((property) => {
      const value = call.properties[property.key];
      return typeof value === "string" && value.length <= mostOf(property) && !looksPersonal(value) ? [[property.key, value]] : [];
    }),
  );

/** What is wrong with what was filled in, as its row says it; properties that we do not know are passed over. */
function problemOf({ properties }: FlowAction, call: Call): Partial<Row> {
  for (const property of properties) {
    const value = call.properties[property.key];
    const most = mostOf(property);
    const problem =
      value === undefined || value === null || value === ""
        ? invalid(property.key, "required")
        : typeof value !== "string"
          ? invalid(property.key, "wrong_type", { expected: "string" })
          : value.length > most
            ? invalid(property.key, "too_long", { most })
            : looksPersonal(value)
              ? invalid(property.key, "names_a_person")
              : null;
    if (problem) return refusalOf(problem);
  }
  return {};
}

const refusalOf = ({ code, params, kind }: DomainError) => ({
  ...{ status: "refused" as const, code, answered: statusOf[kind] },
  // A text in three languages is said anew from its code: what rests are ids and numbers.
  params: Object.fromEntries(Object.entries(params).flatMap(([name, value]) => (typeof value === "object" ? [] : [[name, value]]))),
});

/** Of several who ask at once, and of one who asks again while the first is at it, one does it. */
async function claimCall(ctx: TenantCtx, { id, begunAt }: Row): Promise<Row | undefined> {
  if (begunAt > ctx.now() - leaseMs) return undefined;
  const [held] = await ctx.db
    .update(flowCalls)
    .set({ begunAt: ctx.now() })
    .where(inTenant(ctx, flowCalls, and(eq(flowCalls.id, id), eq(flowCalls.status, "begun"), eq(flowCalls.begunAt, begunAt))))
    .returning();
  return held;
}

/** Does it, and writes what came of it. A refusal that passes (a limit, a database that is away) leaves it begun: Flow asks again. */
async function finish(ctx: TenantCtx, row: Row): Promise<Row> {
  const ended = await attempt({ ...ctx, request: { ...ctx.request, id: row.requestId } }, row);
  const [written] = await ctx.db
    .update(flowCalls)
    .set({ ...ended, finishedAt: ctx.now() })
    .where(inTenant(ctx, flowCalls, eq(flowCalls.id, row.id)))
    .returning();
  if (!written) throw new Error("a call was forgotten while it was done");
  return written;
}

async function attempt(ctx: TenantCtx, row: Row): Promise<Pick<Row, "status" | "code" | "params" | "answered">> {
  try {
    const { code, params } = await doIt(ctx, row);
    return { status: "done", code, params, answered: 200 };
  } catch (error) {
    if (!(error instanceof DomainError) || !isLasting(error)) throw error;
    return refusalOf(error);
  }
}

const isLasting = ({ kind }: DomainError): boolean =>
  kind === "forbidden" || kind === "not_found" || kind === "invalid" || kind === "conflict" || kind === "unauthenticated";

async function doIt(ctx: TenantCtx, { id, action, properties }: Row): Promise<FlowDone> {
  const handle = handleOf(action);
  if (!handle) throw notFound("flow_action");
  const { may, act } = flowDoers[handle];
  const bridge = await readFlowMay(ctx);
  if (bridge.mode === "off" || bridge.mode === "shadow") throw forbidden("flow_off");
  if (!bridge.may[may]) throw forbidden("flow_not_allowed");
  return act(ctx, { id, properties });
}

function answerOf(ctx: TenantCtx, row: Row): FlowAnswer {
  const says = sayingOfCall(row);
  if (!says) throw new Error("a call that is over says nothing");
  return { is: "answer", status: row.answered ?? 200, says, locale: ctx.tenant.locale };
}
