import { sql } from "drizzle-orm";
import { type Db, databaseAt, openDb, type Statement } from "#db/client.ts";
import { privacyRequests, webhookDeliveries } from "#db/schema/index.ts";
import type { DeliveryReason, DeliveryStatus } from "#db/words/webhooks.ts";
import type { PrivacyDemand, Webhook, WebhookEvent } from "#server/catalog/webhooks/webhook.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { currentDataKey, type DataKey } from "#server/domain/vault/data-keys.ts";
import { newId } from "#server/ids.ts";
import type { TaskMessage } from "#server/messages.ts";
import { confirmationCode } from "./confirmation-code.ts";
import { type EventAccount, findAccounts } from "./find-accounts.ts";
import { keptForm, sealPayload } from "./payload.ts";

/** One row to be; `privacy` is a second one, beside it. */
interface Row {
  id: string;
  tenantId: string;
  connectionId: string;
  eventKey: string;
  topic: string;
  account: string;
  occurredAt: number | null;
  status: DeliveryStatus;
  reason: DeliveryReason | null;
  sealed: string | null;
  privacy: { id: string; kind: PrivacyDemand["kind"]; subject: string; orders: readonly string[]; code: string | null } | null;
}

const rowsPerStatement = 200;

const dbOf = ({ databases }: Ctx, { place }: Tenant): Db => openDb(databaseAt(databases, place));

/**
 * Keeps each event once for each connection that it is about (the unique index knows it again), and one row for an event of
 * nobody's. With `only` it is about that connection or nobody's. The queue is told of the new ones; where that fails the sweep does it.
 */
export async function keepEvents(
  ctx: Ctx,
  webhook: Webhook,
  { events: heard, reply, only }: { events: readonly WebhookEvent[]; reply?: "confirmation"; only?: EventAccount | undefined },
): Promise<void> {
  if (heard.length === 0) return;
  const wantsCode = reply === "confirmation";
  // Where the body does not say whose it is, the address did.
  const events = only ? heard.map((event) => (event.account === "" ? { ...event, account: only.account } : event)) : heard;
  const places = only
    ? [{ db: dbOf(ctx, only.tenant), found: [only] }]
    : await findAccounts(ctx, webhook, new Set(events.map(({ account }) => account)));
  const messages: TaskMessage[] = [];
  const all = places.flatMap(({ found }) => found);
  for (const { db, found } of places) {
    const rows = await rowsOf(ctx, events, { found, all }, wantsCode);
    for (const { id, tenantId } of await insert(ctx, db, webhook.provider, rows)) {
      messages.push({ v: 1, type: "webhook", tenant: tenantId, delivery: id });
    }
  }
  const nobodys = events
    .filter((event) => !all.some((owner) => isAbout(event, owner)))
    .map((event) =>
      rowOf(ctx, event, { wantsCode, reason: only || all.some(({ account }) => account === event.account) ? "other_account" : "nobody" }),
    );
  await insert(ctx, ctx.directory, webhook.provider, nobodys);
  ctx.log.info("webhook received", { provider: webhook.provider, events: events.length, kept: messages.length, nobodys: nobodys.length });
  try {
    await ctx.send.tasks(messages);
  } catch (error) {
    ctx.log.warn("messages of new deliveries were not sent; the sweep will", { deliveries: messages.length, error });
  }
}

async function rowsOf(ctx: Ctx, events: readonly WebhookEvent[], owners: Owners, wantsCode: boolean): Promise<Row[]> {
  const keys = new Map<Tenant, DataKey>();
  const rows: Row[] = [];
  for (const event of events) {
    for (const owner of ownersOf(event, owners)) {
      const inside = enterTenant(ctx, owner.tenant, "system");
      const key = keys.get(owner.tenant) ?? (await currentDataKey(inside));
      keys.set(owner.tenant, key);
      const row = rowOf(ctx, event, { owner, wantsCode });
      rows.push({ ...row, sealed: await sealPayload(inside, key, { delivery: row.id, payload: event.payload }) });
    }
  }
  return rows;
}

/**
 * Of whom an event is: what happens at an account that somebody has now is nobody else's who had it before, such as the orders of
 * a shop that was sold; who had it may still wait for a sign-in that never comes. While nobody has it, it is theirs who wait. What its
 * customers demand is of everybody who had it.
 */
function ownersOf(event: WebhookEvent, { found, all }: Owners): EventAccount[] {
  const holders = all.filter((each) => isAbout(event, each));
  const open = holders.filter(({ status }) => status !== "disconnected");
  const having = new Set(open.filter(({ status }) => status === "active").map(({ tenant }) => tenant.id));
  const live = having.size > 0 ? open.filter(({ tenant }) => having.has(tenant.id)) : open;
  const owners = event.privacy || live.length === 0 ? holders : live;
  return found.filter((each) => owners.includes(each));
}

/** The accounts of one D1, and those of all. */
interface Owners {
  found: readonly EventAccount[];
  all: readonly EventAccount[];
}

/** Where the signed body says whose it is, that decides: `account` may stand in a header that anybody can write. */
const isAbout = (event: WebhookEvent, { account, externalId }: EventAccount): boolean =>
  account === event.account && (event.externalId ?? externalId) === externalId;

/** What of its row is not the event's own; without an owner it is nobody's, for a reason. */
type Owning = { wantsCode: boolean; owner: EventAccount } | { wantsCode: boolean; owner?: undefined; reason: DeliveryReason };

/** Nobody's event is over as it comes; what it demands is met, since nothing is held. */
function rowOf(ctx: Ctx, { key, topic, account, occurredAt, privacy }: WebhookEvent, { wantsCode, ...owning }: Owning): Row {
  const { owner } = owning;
  const now = ctx.now();
  return {
    id: newId("whk", now),
    tenantId: owner?.tenant.id ?? "",
    connectionId: owner?.connectionId ?? "",
    eventKey: key.slice(0, 200),
    topic: topic.slice(0, 100),
    account: account.slice(0, 200),
    // What is said to happen later than now would outlive every connection.
    occurredAt: occurredAt === null ? null : Math.min(occurredAt, now),
    status: owner ? "received" : "ignored",
    reason: owning.owner ? null : owning.reason,
    sealed: null,
    privacy: privacy ? { orders: [], ...privacy, id: newId("prv", now), code: wantsCode ? confirmationCode(ctx, key) : null } : null,
  };
}

/** Answers the rows that are new. A privacy request is on record with its delivery, or neither is. */
async function insert(ctx: Ctx, db: Db, provider: string, rows: readonly Row[]): Promise<{ id: string; tenantId: string }[]> {
  const now = ctx.now();
  const inserted: { id: string; tenantId: string }[] = [];
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const page = rows.slice(start, start + rowsPerStatement);
    const deliveries = db
      .insert(webhookDeliveries)
      .select(
        sql`select value->>'id', value->>'tenantId', ${provider}, value->>'connectionId', value->>'eventKey', value->>'topic', value->>'account',
            ${now}, value->>'occurredAt', value->>'status', value->>'reason', value->>'sealed', ${keptForm}, 0, ${now},
            iif(value->>'status' = 'received', null, ${now}), ${ctx.request.id}
          from json_each(${JSON.stringify(page)}) where true`,
      )
      .onConflictDoNothing()
      .returning({ id: webhookDeliveries.id, tenantId: webhookDeliveries.tenantId });
    const demands = page.filter(({ privacy }) => privacy !== null);
    const [found] = await db.batch([deliveries, ...(demands.length > 0 ? [privacyStatement(db, provider, demands, now)] : [])]);
    inserted.push(...(found as typeof inserted));
  }
  return inserted;
}

const privacyStatement = (db: Db, provider: string, rows: readonly Row[], now: number): Statement =>
  db
    .insert(privacyRequests)
    .select(
      sql`select value->>'$.privacy.id', value->>'tenantId', ${provider}, value->>'connectionId', value->>'id', value->>'$.privacy.kind',
          value->>'$.privacy.subject', value->>'$.privacy.orders', value->>'$.privacy.code', ${now}, iif(value->>'status' = 'received', null, ${now}),
          iif(value->>'status' = 'received', null, '{}')
        from json_each(${JSON.stringify(rows)}) where exists (select 1 from ${webhookDeliveries} where id = value->>'id')`,
    )
    .onConflictDoNothing();
