import { eq, sql } from "drizzle-orm";
import { openDb } from "#db/client.ts";
import {
  actionCustomers,
  actionEdits,
  actionSteps,
  actions,
  approvalPosts,
  auditLog,
  budgets,
  catalogRows,
  connections,
  costs,
  crmConflicts,
  crmRecords,
  customerModels,
  customerScores,
  customers,
  dataExports,
  deadLetters,
  debts,
  deletedOrders,
  exportChunks,
  findings,
  flowCalls,
  invitations,
  listMembers,
  loans,
  measurements,
  notices,
  occurrences,
  orderContents,
  orders,
  pixelDays,
  policies,
  policyModeChanges,
  privacyRequests,
  products,
  rateUses,
  referralCodes,
  referrals,
  refunds,
  rehearsals,
  rehearsed,
  renewals,
  resources,
  reveals,
  runLogs,
  runs,
  schedules,
  secrets,
  sessions,
  supplyMappings,
  supplyOrders,
  syncs,
  tenants,
  turns,
  users,
  variantPrices,
  variants,
  webhookDeliveries,
} from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import type { Tenant, UserActor } from "#server/ctx.ts";
import { nothing } from "#server/domain/rehearsals/sum-touched.ts";
import { linkToken } from "#server/domain/vault/sign-in-tokens.ts";
import { readConfig } from "#server/env.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

/** A tenant that owns one of everything. `marker` stands in all texts of it, so that it is noticed wherever it comes out. */
export interface Belongings {
  tenant: Tenant;
  owner: UserActor;
  /** The session's cookie of its owner. */
  token: string;
  marker: string;
  actionId: string;
  findingId: string;
  connectionId: string;
  owedId: string;
  runId: string;
  invitationId: string;
  invitationToken: string;
  deadLetterId: string;
  revealId: string;
  exportId: string;
  deliveryId: string;
  requestId: string;
  noticeId: string;
  loanId: string;
}

const db = openDb(testEnv.DB);
const now = Date.now();

export async function makeBelongings(marker: string): Promise<Belongings> {
  const tenant = await makeTenant({ name: `Shop ${marker}` });
  const { actor: owner, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const ids = {
    connectionId: newId("con", now),
    owedId: newId("dbt", now),
    runId: newId("run", now),
    invitationId: newId("inv", now),
    deadLetterId: newId("ddl", now),
    revealId: newId("rev", now),
    actionId: `act_${marker}`,
    findingId: `fnd_${marker}`,
    exportId: newId("exp", now),
    deliveryId: newId("whk", now),
    requestId: newId("prv", now),
    noticeId: newId("ntc", now),
    loanId: newId("loa", now),
  };
  const { connectionId, owedId, runId, invitationId, deadLetterId, revealId, exportId, deliveryId, requestId, noticeId, loanId } = ids;
  const tenantId = tenant.id;
  const job = "shopify-sensor";
  await db
    .update(users)
    .set({ name: `Person ${marker}` })
    .where(eq(users.id, owner.userId));
  await db.batch([
    db.insert(connections).values({
      id: connectionId,
      tenantId,
      provider: "shopify",
      externalId: `gid://${marker}`,
      name: `Account ${marker}`,
      details: {},
      scopesAsked: ["read_orders"],
      scopesGranted: ["read_orders"],
      status: "active",
      connectedBy: owner.userId,
      connectedAt: now,
    }),
    db.insert(secrets).values({
      tenantId,
      connectionId,
      field: "access_token",
      sealed: `a1.1.${"A".repeat(16)}.${"A".repeat(22)}${marker}`,
      createdAt: now,
    }),
    db.insert(schedules).values({ tenantId, job, everyS: 3600, nextAt: now, config: {}, cursor: { marker } }),
    db.insert(runs).values({
      id: runId,
      tenantId,
      job,
      slot: now,
      trigger: "schedule",
      status: "dead",
      availableAt: now,
      createdAt: now,
      errorMessage: marker,
    }),
    db.insert(runLogs).values({ tenantId, runId, seq: 1, at: now, level: "info", message: marker, fields: {} }),
    db
      .insert(deadLetters)
      .values({ id: deadLetterId, queue: "atrium-runs", message: {}, ofTenant: tenantId, runId, reason: marker, at: now }),
    db.insert(invitations).values({
      id: invitationId,
      tenantId,
      email: `${marker}@example.com`,
      role: "member",
      invitedBy: owner.userId,
      createdAt: now,
      expiresAt: now + 86_400_000,
    }),
    db.insert(auditLog).values({ id: newId("aud", now), at: now, tenantId, actorType: "system", action: marker, details: {} }),
    db.insert(measurements).values({ tenantId, job, metric: "orders", day: "2026-01-01", dimension: marker, value: 1, measuredAt: now }),
    db.insert(orders).values({
      tenantId,
      connectionId,
      externalId: marker,
      customerId: marker,
      placedAt: now,
      day: "2026-01-01",
      grossMinor: 100,
      currency: "GBP",
      updatedAt: now,
    }),
  ]);
  const provider = "shopify";
  await db.batch([
    db.insert(refunds).values({
      tenantId,
      connectionId,
      externalId: marker,
      orderExternalId: marker,
      refundedAt: now,
      day: "2026-01-01",
      amountMinor: 1,
      currency: "GBP",
    }),
    db.insert(deletedOrders).values({ tenantId, connectionId, externalId: `${marker}-deleted`, deletedAt: now }),
    db.insert(orderContents).values({
      ...{ tenantId, connectionId, externalId: marker, updatedAt: now, codes: [marker], fulfilments: [] },
      lines: [[marker, marker, marker, 1, 1, 100, 100]],
    }),
    db.insert(occurrences).values({
      ...{ tenantId, connectionId, kind: "order_paid", subject: `order:${marker}`, orderId: marker, at: now, noticedAt: now, facts: {} },
    }),
    db.insert(products).values({
      ...{ tenantId, connectionId, externalId: marker, title: marker, handle: marker, status: "ACTIVE", vendor: marker, type: marker },
      ...{ updatedAt: now, seenAt: now },
    }),
    db.insert(variants).values({
      ...{ tenantId, connectionId, externalId: marker, productId: marker, title: marker, priceMinor: 100, currency: "GBP", updatedAt: now },
    }),
    db.insert(policies).values({
      ...{ tenantId, automation: marker, mode: "off", holdout: 10, salt: marker, actionsADay: 1, peopleADay: 1, stakeADay: 1 },
      ...{ largestStake: 1, createdAt: now, updatedAt: now },
    }),
    db.insert(rehearsals).values({
      ...{
        tenantId,
        automation: marker,
        id: marker,
        connectionId,
        today: {},
        tried: { marker },
        fromDay: "2026-01-01",
        toDay: "2026-01-07",
      },
      ...{ status: "done", requestedBy: marker, requestedAt: now, progress: { after: marker, done: 1, of: 1, tookMs: 1 }, sentAt: now },
      totals: nothing,
    }),
    db.insert(rehearsed).values({
      ...{ tenantId, automation: marker, variant: "today", dedupe: marker, connectionId, customerId: marker, at: now, over: true },
      ...{ orders: 0, spent: [] },
    }),
    db.insert(policyModeChanges).values({ tenantId, automation: marker, at: now, mode: "shadow", changedBy: marker }),
    db.insert(actions).values({
      ...{ id: `act_${marker}`, tenantId, automation: marker, runId: marker, dedupe: marker, subject: `customer:${marker}`, connectionId },
      ...{ customerId: marker, touches: "customer", hash: marker, evidence: { line: marker, params: {} }, status: "waiting" },
      ...{ createdAt: now, expiresAt: now },
    }),
    db.insert(actionSteps).values({
      ...{
        tenantId,
        actionId: `act_${marker}`,
        place: 0,
        kind: marker,
        accountId: connectionId,
        connectionId,
        customerId: marker,
        payload: { marker },
        status: "pending",
      },
    }),
    db.insert(actionCustomers).values({ tenantId, connectionId, customerId: marker, actionId: `act_${marker}`, place: 0 }),
    db.insert(actionEdits).values({
      ...{ tenantId, actionId: `act_${marker}`, place: 0, field: marker, automation: marker, kind: marker, connectionId },
      ...{ customerId: marker, at: now, was: marker, becomes: marker },
    }),
    db.insert(findings).values({
      ...{ id: `fnd_${marker}`, tenantId, automation: marker, kind: "edits", what: marker, status: "open", hits: 5, of: 10 },
      ...{ proposal: { does: "text", field: marker, from: marker, to: marker }, foundAt: now, measuredAt: now },
    }),
    db.insert(approvalPosts).values({
      ...{ tenantId, actionId: `act_${marker}`, automation: marker, connectionId, channel: marker, shown: marker, begunAt: now },
    }),
    db.insert(turns).values({ tenantId, queue: "runs", number: 1 }),
    db.insert(rateUses).values({ tenantId, connectionId, limit: marker, share: 0.5, waits: 1, at: now }),
    db.insert(budgets).values({ tenantId, day: "2026-01-01", automation: marker, kind: "actions", used: 1, most: 1 }),
    db.insert(variantPrices).values({ tenantId, connectionId, variantId: marker, since: now, priceMinor: 100, currency: "GBP" }),
    db.insert(customers).values({
      ...{ tenantId, connectionId, externalId: marker, orders: 1, spentMinor: 100, currency: "GBP" },
      ...{ mailConsent: "subscribed", smsConsent: "none", createdAt: now, updatedAt: now },
    }),
    db.insert(customerModels).values({
      ...{ tenantId, connectionId, step: "recency", reason: "few_customers", fittedUntil: "2026-01-01", fittedAt: now, firstDay: marker },
      ...{ bought: 1, boughtAgain: 0 },
    }),
    db.insert(customerScores).values({ tenantId, connectionId, customerId: marker, asOf: "2026-01-01", segment: "new" }),
    db.insert(referralCodes).values({ tenantId, connectionId, code: marker, customerId: marker, endsAt: now, actionId: `act_${marker}` }),
    db.insert(referrals).values({
      ...{ tenantId, connectionId, orderId: marker, code: marker, referrerId: marker, friendId: marker, placedAt: now, valueMinor: 100 },
      ...{ currency: "GBP", state: "found" },
    }),
    db.insert(flowCalls).values({
      ...{
        id: `flw_${marker}`,
        tenantId,
        connectionId,
        runKey: marker,
        action: "leave-note",
        properties: { note: marker },
        status: "done",
      },
      ...{ code: "note_left", answered: 200, receivedAt: now, begunAt: now, finishedAt: now, requestId: marker },
    }),
    db.insert(pixelDays).values({ tenantId, connectionId, day: marker, checkouts: 1 }),
    db.insert(crmRecords).values({
      ...{ tenantId, connectionId, accountId: connectionId, kind: "contact", externalId: marker, customerId: marker, orderId: marker },
      ...{ bases: {}, seenAt: now },
    }),
    db.insert(crmConflicts).values({
      ...{ tenantId, connectionId, accountId: connectionId, customerId: marker, field: "phone", shopHash: "a", crmHash: "b", foundAt: now },
    }),
    db.insert(syncs).values({
      ...{ tenantId, connectionId, accountId: connectionId, automation: "klaviyo-segment-lists", what: "loyal", comparedAt: now },
      facts: {
        ...{ of: "list", segment: "loyal", name: marker, list: marker, isOurs: true, isDeleted: false, there: 1 },
        ...{ addedByOthers: 0, removedByOthers: 0, unknown: 0 },
      },
    }),
    db.insert(listMembers).values({
      ...{
        tenantId,
        connectionId,
        accountId: connectionId,
        segment: "loyal",
        profileId: marker,
        customerId: marker,
        putBy: `act_${marker}`,
      },
    }),
    db.insert(catalogRows).values({
      ...{ tenantId, connectionId, accountId: connectionId, part: "item", externalId: marker, productId: marker, sent: marker },
      ...{ sentBy: `act_${marker}`, isGone: false },
    }),
    db.insert(supplyMappings).values({ tenantId, connectionId, variantId: marker, state: "mapped", mappedBy: marker, mappedAt: now }),
    db.insert(supplyOrders).values({
      ...{ tenantId, connectionId, orderId: marker, provider: "cj", customerId: marker, state: "held", facts: { message: marker } },
      ...{ since: now, lines: [], parcels: [], createdAt: now },
    }),
    db.insert(resources).values({ tenantId, connectionId, kind: "ga4_property", externalId: marker, name: marker, listedAt: now }),
    db.insert(debts).values({
      id: owedId,
      tenantId,
      provider,
      connectionId,
      reason: "disconnected",
      externalId: marker,
      name: `Account ${marker}`,
      owedAt: now,
      tries: 1,
      farewell: "unreached",
      endedAt: now,
    }),
    db.insert(renewals).values({
      id: newId("ren", now),
      tenantId,
      connectionId,
      provider,
      at: now,
      tookMs: 1,
      trigger: "cron",
      outcome: "renewed",
      message: marker,
    }),
    db.insert(reveals).values({
      id: revealId,
      tenantId,
      connectionId,
      field: "access_token",
      reason: marker,
      requestedBy: owner.userId,
      requestedAt: now,
      expiresAt: now + 86_400_000,
    }),
    db.insert(dataExports).values({
      id: exportId,
      tenantId,
      requestedBy: owner.userId,
      requestedAt: now,
      status: "ready",
      doneAt: now,
      expiresAt: now + 86_400_000,
      bytes: marker.length,
    }),
    db.insert(exportChunks).values({ tenantId, exportId, seq: 0, bytes: Buffer.from(marker) }),
    db.insert(webhookDeliveries).values({
      id: deliveryId,
      tenantId,
      provider,
      connectionId,
      eventKey: marker,
      topic: "orders/create",
      receivedAt: now,
      status: "done",
    }),
    db.insert(notices).values({
      id: noticeId,
      tenantId,
      userId: owner.userId,
      kind: "reconnect",
      subject: connectionId,
      event: marker,
      params: {},
      shown: true,
      createdAt: now,
    }),
    db
      .insert(loans)
      .values({ id: loanId, tenantId, lenderId: `agency-${marker}`, connectionId, provider: marker, lentBy: owner.userId, lentAt: now }),
    db.insert(costs).values({ tenantId, day: "2026-01-01", kind: "runs", quantity: 1 }),
    db.insert(privacyRequests).values({
      id: requestId,
      tenantId,
      provider,
      connectionId,
      deliveryId: marker,
      kind: "data_request",
      subject: marker,
      receivedAt: now,
    }),
  ]);
  const invitationToken = linkToken(readConfig(testEnv), "invitation", invitationId);
  return { tenant, owner, token, marker, ...ids, invitationToken };
}

/** Everything of a tenant that is stored, to see that nothing of it has changed. */
export async function snapshotOf({ tenant, owner }: Belongings): Promise<string> {
  const rows = await Promise.all([
    // Every table that is a tenant's, a new one too.
    ...tenantTables.map((table) => db.all(sql`select * from ${sql.identifier(table)} where tenant_id = ${tenant.id}`)),
    db.select().from(deadLetters).where(eq(deadLetters.ofTenant, tenant.id)),
    db.select().from(tenants).where(eq(tenants.id, tenant.id)),
    db.select().from(users).where(eq(users.id, owner.userId)),
    db.select().from(sessions).where(eq(sessions.userId, owner.userId)),
  ]);
  return JSON.stringify(rows, null, 1);
}
