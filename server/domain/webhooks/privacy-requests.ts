import { and, desc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "#db/client.ts";
import { databaseAt, openDb, placesIn } from "#db/client.ts";
import { holdingOf } from "#db/holdings.ts";
import {
  actionCustomers,
  actionEdits,
  actionSteps,
  actions,
  crmConflicts,
  crmRecords,
  customerScores,
  customers,
  listMembers,
  occurrences,
  orderContents,
  orders,
  privacyRequests,
  referralCodes,
  referrals,
  refunds,
  rehearsed,
  supplyOrders,
  tenants,
} from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, enterTenant, requireStaff } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";
import { heldOf } from "./held-data.ts";
import type { HeldData, ListPrivacyRequests, PrivacyRequest, PrivacyStanding } from "./schemas.ts";

/** How long what we hold of a customer can be fetched after they asked for it. */
const dataLifeMs = 30 * 86_400_000;

const columns = {
  id: privacyRequests.id,
  tenantId: privacyRequests.tenantId,
  provider: privacyRequests.provider,
  connectionId: privacyRequests.connectionId,
  deliveryId: privacyRequests.deliveryId,
  kind: privacyRequests.kind,
  subject: privacyRequests.subject,
  receivedAt: privacyRequests.receivedAt,
  doneAt: privacyRequests.doneAt,
  report: privacyRequests.report,
};

/** What people and shops asked for, of all tenants, the newest first, each with the proof of what was done. */
export async function listPrivacyRequests(ctx: Ctx, asked: ListPrivacyRequests): Promise<{ items: PrivacyRequest[]; next: string | null }> {
  const found = (await Promise.all(acrossTenants(ctx).map(({ db }) => read(db, asked)))).flat();
  const sorted = found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = sorted.slice(0, asked.limit);
  const ids = JSON.stringify([...new Set(items.map(({ tenantId }) => tenantId))]);
  const names = await ctx.directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  return {
    items: items.map((row) => ({
      ...row,
      providerName: providerName(row.provider),
      tenantName: names.find(({ id }) => id === row.tenantId)?.name ?? null,
      dataUntil: row.kind === "data_request" && row.tenantId !== "" ? row.receivedAt + dataLifeMs : null,
    })),
    next: sorted.length > asked.limit ? (items.at(-1)?.id ?? null) : null,
  };
}

const read = (db: Db, { cursor, limit, open, tenantId }: ListPrivacyRequests) =>
  db
    .select(columns)
    .from(privacyRequests)
    .where(
      and(
        tenantId === undefined ? undefined : eq(privacyRequests.tenantId, tenantId),
        open ? isNull(privacyRequests.doneAt) : undefined,
        cursor ? lt(privacyRequests.id, cursor) : undefined,
      ),
    )
    .orderBy(desc(privacyRequests.id))
    .limit(limit + 1);

/**
 * All that is held of the customer who asked, as it is now, for the shop to hand over. Reading it is an audit line. Throws
 * `not_found`, and `conflict` for a request of another kind or one whose time is over.
 */
export async function readHeldData(ctx: Ctx, { requestId }: { requestId: string }): Promise<HeldData> {
  requireStaff(ctx);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) => db.select().from(privacyRequests).where(eq(privacyRequests.id, requestId))),
  );
  const [request] = found.flat();
  if (!request) throw notFound("privacy_request");
  if (request.kind !== "data_request" || request.tenantId === "") throw conflict("nothing_to_hand_over");
  if (ctx.now() > request.receivedAt + dataLifeMs) throw conflict("handover_over");
  const inside = enterTenant(ctx, await findTenant(ctx, request.tenantId), "staff");
  const held = (table: SQLiteTable) => heldOf(inside, holdingOf(table), request);
  const [
    placed,
    returned,
    known,
    scored,
    bought,
    happened,
    proposed,
    steps,
    named,
    edits,
    tried,
    codes,
    referred,
    inCrm,
    conflicting,
    listed,
    supplied,
  ] = await inside.db.batch([
    inside.db.select().from(orders).where(held(orders)),
    inside.db.select().from(refunds).where(held(refunds)),
    inside.db.select().from(customers).where(held(customers)),
    inside.db.select().from(customerScores).where(held(customerScores)),
    inside.db.select().from(orderContents).where(held(orderContents)),
    inside.db.select().from(occurrences).where(held(occurrences)),
    inside.db.select().from(actions).where(held(actions)),
    inside.db.select().from(actionSteps).where(held(actionSteps)),
    inside.db
      .select({ action: actionCustomers.actionId, payload: actionSteps.payload })
      .from(actionCustomers)
      .innerJoin(
        actionSteps,
        and(
          eq(actionSteps.tenantId, actionCustomers.tenantId),
          eq(actionSteps.actionId, actionCustomers.actionId),
          eq(actionSteps.place, actionCustomers.place),
        ),
      )
      .where(heldOf(inside, holdingOf(actionCustomers), request)),
    inside.db.select().from(actionEdits).where(held(actionEdits)),
    inside.db.select().from(rehearsed).where(held(rehearsed)),
    inside.db.select().from(referralCodes).where(held(referralCodes)),
    inside.db.select().from(referrals).where(held(referrals)),
    inside.db.select().from(crmRecords).where(held(crmRecords)),
    inside.db.select().from(crmConflicts).where(held(crmConflicts)),
    inside.db.select().from(listMembers).where(held(listMembers)),
    inside.db.select().from(supplyOrders).where(held(supplyOrders)),
  ]);
  const details = { request: request.id, provider: request.provider, orders: placed.length, refunds: returned.length };
  await commit(inside, "privacy.data_read", details, []);
  const iso = (instant: number) => new Date(instant).toISOString();
  const isoOrNull = (instant: number | null) => (instant === null ? null : iso(instant));
  return {
    customer: request.subject,
    provider: request.provider,
    readAt: iso(ctx.now()),
    orders: placed.map(({ externalId, placedAt, day, grossMinor, currency, updatedAt }) => ({
      id: externalId,
      placedAt: iso(placedAt),
      day,
      amountMinor: grossMinor,
      currency,
      updatedAt: iso(updatedAt),
    })),
    refunds: returned.map(({ externalId, orderExternalId, refundedAt, day, amountMinor, currency }) => ({
      id: externalId,
      order: orderExternalId,
      refundedAt: iso(refundedAt),
      day,
      amountMinor,
      currency,
    })),
    customers: known.map(({ externalId, orders, spentMinor, currency, mailConsent, smsConsent, createdAt, updatedAt }) => ({
      id: externalId,
      orders,
      spentMinor,
      currency,
      mailConsent,
      smsConsent,
      createdAt: iso(createdAt),
      updatedAt: iso(updatedAt),
    })),
    customerScores: scored.map(({ customerId, asOf, chance30, chance90, orders90, valueMinor, currency, segment }) => ({
      id: customerId,
      asOf,
      chance30,
      chance90,
      orders90,
      valueMinor,
      currency,
      segment,
    })),
    referralCodes: codes.map(({ code, endsAt }) => ({ code, endsAt: iso(endsAt) })),
    referrals: referred.map(({ orderId, code, referrerId, placedAt, valueMinor, currency, state, reason }) => ({
      ...{ order: orderId, code, placedAt: iso(placedAt), amountMinor: valueMinor, currency, state, reason },
      as: referrerId === request.subject ? ("referrer" as const) : ("friend" as const),
    })),
    crmRecords: inCrm.map(({ kind, externalId, crmId, stage, inStepAt, seenAt }) => ({
      ...{ kind, id: externalId, crmId, stage },
      ...{ inStepAt: isoOrNull(inStepAt), seenAt: iso(seenAt) },
    })),
    crmConflicts: conflicting.map(({ field, foundAt, decision }) => ({ field, foundAt: iso(foundAt), decision })),
    listMembers: listed.map(({ segment, profileId, seenAt }) => ({ segment, profile: profileId, seenAt: isoOrNull(seenAt) })),
    supplyOrders: supplied.map(({ orderId, provider, state, since, parcels }) => ({
      ...{ order: orderId, supplier: provider, state, since: iso(since), parcels },
    })),
    rehearsed: tried.map(({ automation, variant, at, stake, orders, spent }) => ({
      automation,
      variant,
      at: iso(at),
      stake,
      orders,
      spent,
    })),
    orderContents: bought.map(({ externalId, lines, codes, fulfilments, deliveredAt }) => ({
      order: externalId,
      lines: lines.map(([id, product, variant, quantity, , unitMinor, totalMinor]) => ({
        id,
        product,
        variant,
        quantity,
        unitMinor,
        totalMinor,
      })),
      codes,
      fulfilments: fulfilments.map(({ id, createdAt, deliveredAt }) => ({
        id,
        createdAt: iso(createdAt),
        deliveredAt: isoOrNull(deliveredAt),
      })),
      deliveredAt: isoOrNull(deliveredAt),
    })),
    occurrences: happened.map(({ orderId, kind, at, noticedAt }) => ({ order: orderId, kind, at: iso(at), noticedAt: iso(noticedAt) })),
    actions: proposed.map(({ id, automation, subject, evidence, status, createdAt, decidedAt, finishedAt }) => ({
      id,
      automation,
      subject,
      why: evidence.line,
      status,
      createdAt: iso(createdAt),
      decidedAt: isoOrNull(decidedAt),
      finishedAt: isoOrNull(finishedAt),
    })),
    actionCustomers: named.map(({ action, payload }) => ({ action, content: JSON.stringify(ofThem(payload, request.subject)) })),
    actionSteps: steps.map(({ actionId, kind, payload, status }) => ({ action: actionId, kind, content: JSON.stringify(payload), status })),
    actionEdits: edits.map(({ actionId, field, at, was, becomes }) => ({ action: actionId, field, at: iso(at), was, becomes })),
  };
}

/** What a payload that writes about many says of one of them. */
const ofThem = (payload: unknown, customerId: string): unknown[] =>
  Object.values(payload as Record<string, unknown>)
    .flatMap((list) => (Array.isArray(list) ? (list as { customerId?: string }[]) : []))
    .filter((each) => each.customerId === customerId);

/**
 * Whether what a person asked for is done, for whoever holds the code that the provider gave them: that and nothing else. It
 * may be about accounts of several tenants, and is done when all are. Throws `not_found`.
 */
export async function privacyStanding(ctx: Ctx, { code }: { code: string }): Promise<PrivacyStanding> {
  const found = await Promise.all(
    placesIn(ctx.databases).map((place) =>
      openDb(databaseAt(ctx.databases, place))
        .select({ doneAt: privacyRequests.doneAt })
        .from(privacyRequests)
        .where(eq(privacyRequests.code, code)),
    ),
  );
  const rows = found.flat();
  if (rows.length === 0) throw notFound("request");
  return { done: rows.every(({ doneAt }) => doneAt !== null) };
}
