import { getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  actionEdits,
  actionSteps,
  actionStops,
  actions,
  agencyDefaults,
  approvalPosts,
  auditHeads,
  auditLog,
  budgets,
  clientNames,
  clientTotals,
  connections,
  costs,
  customerModels,
  customerScores,
  customers,
  dataExports,
  dataKeys,
  deadLetters,
  debts,
  deletedOrders,
  deletions,
  devMails,
  exportChunks,
  findings,
  incidents,
  invitations,
  loans,
  magicLinks,
  measurements,
  memberships,
  noticePreferences,
  notices,
  oauthStates,
  occurrences,
  orderContents,
  orders,
  policies,
  policyModeChanges,
  privacyRequests,
  products,
  rateLimits,
  refunds,
  rehearsals,
  rehearsed,
  renewals,
  resources,
  retiredVersions,
  reveals,
  runLogs,
  runs,
  schedules,
  secrets,
  sessions,
  tenants,
  ticks,
  undeliveredMails,
  users,
  variantPrices,
  variants,
  webhookDeliveries,
  workspaceRequests,
} from "./schema/index.ts";

/**
 * What a column holds, and of whom.
 *
 * - `data`: the client's own: figures, names of its accounts, what its jobs did. Also ids of ours and of people (a person's id says
 *   nothing once the person's row is gone).
 * - `customer`: a shop's id of one of the client's customers. A customer who is to be forgotten is taken out of it.
 * - `order`: a shop's id of an order: its row is a customer's as long as the order is.
 * - `trace`: a list that names nobody and yet may lead to one customer, such as a discount code that was made for them. It is emptied in
 *   their rows when they are to be forgotten.
 * - `proof`: a customer's id that stays where they were forgotten, as the proof that they were; it goes with the client.
 * - `contact`: name, address or IP of a person of the portal.
 * - `packed`: holds of everybody, in a form in which nobody can be taken out of it: it goes as a whole. Never in an export.
 * - `sealed`: secrets, keys, and what they derive from. Never in an export.
 * - `engine`: leases, fences, fingerprints. Never in an export.
 */
export type Holds = "data" | "customer" | "order" | "trace" | "proof" | "contact" | "packed" | "sealed" | "engine";

/** What one table holds and what becomes of it. Columns by their names in the schema. */
export interface Holding extends Partial<Record<Holds, readonly string[]>> {
  table: SQLiteTable;
  /** The column that names the client whose row it is; null where it is no client's. */
  client: string | null;
  /** The file of an export and the rest of the primary key behind the client, which its pages are read by; or why it is in none. */
  exported: { file: string; key: readonly string[]; atDirectory?: true } | { not: string };
  /** What becomes of a client's rows at its end. */
  atEnd: "erased" | { stays: string };
  /**
   * What becomes of a person's rows, and of any with a `contact`, when their account is erased: they go, found by the person's id or address in this
   * column, or they stay for this reason.
   */
  withPerson?: { by: string; is: "id" | "email" } | { stays: string };
  /**
   * What becomes of an account's rows, found by their `connectionId`, when all that came from it is to be erased (a shop's end, a
   * person's own account).
   */
  withAccount?: "erased" | { stays: string };
  /** What becomes of a customer's rows when they are to be forgotten, where a row is all about them; else they are taken out of it. */
  withCustomer?: "erased";
  /** Where a customer, or a trace of them, is taken out of it: the instant of the row, set to that of the demand, so that nothing older brings them back. */
  datedBy?: string;
}

const lease = ["leaseOwner", "leaseUntil", "refreshFingerprint", "refreshStartedAt"];
const never = "never leaves the vault";
const nobodys = "it is no client's";

/**
 * Every table, and in it every column: read by exports, by the end of a client, by the erasure of a person's account and by the
 * demands of a shop's customers. An export has its files in this order. Whoever adds a table or a column says here what it holds.
 */
export const holdings: readonly Holding[] = [
  {
    table: memberships,
    client: "tenantId",
    data: ["userId", "role", "createdAt", "dismissed"],
    exported: { file: "members.json", key: ["userId"], atDirectory: true },
    atEnd: "erased",
  },
  {
    table: invitations,
    client: "tenantId",
    data: ["id", "role", "locale", "invitedBy", "createdAt", "expiresAt", "acceptedAt", "revokedAt"],
    contact: ["email"],
    exported: { file: "invitations.json", key: ["id"], atDirectory: true },
    atEnd: "erased",
    withPerson: { stays: "another client's own list of whom it invited; it goes with that client" },
  },
  {
    table: connections,
    client: "tenantId",
    data: [
      ...[
        "id",
        "provider",
        "kind",
        "externalId",
        "name",
        "details",
        "changed",
        "fields",
        "chosen",
        "preferredAt",
        "scopesAsked",
        "scopesGranted",
      ],
      ...["status", "statusReason", "statusAt", "accessExpiresAt", "refreshExpiresAt", "connectedBy", "connectedAt", "lastSuccessAt"],
      ...["lastRefreshAt", "renewAt", "renewFailures", "coolUntil", "cliffAt", "cliffKind", "cliffWarned", "probedAt", "probeResult"],
      ...["probeAt", "subscribeAt", "failedAt", "failureKind", "failingSince", "endsAt", "endTold", "endLookAt", "keptAt"],
    ],
    engine: [...lease, "version", "planned"],
    exported: { file: "connections.json", key: ["id"] },
    atEnd: "erased",
  },
  {
    table: loans,
    client: "tenantId",
    data: ["id", "provider", "lentBy", "lentAt", "endedAt"],
    // Whose account it is stays with the agency.
    engine: ["lenderId", "connectionId"],
    exported: { file: "loans.json", key: ["id"], atDirectory: true },
    atEnd: "erased",
    withAccount: { stays: "that it was lent, and when" },
  },
  {
    table: resources,
    client: "tenantId",
    data: ["connectionId", "kind", "externalId", "name", "parent", "currency", "timezone", "listedAt"],
    exported: { file: "resources.json", key: ["connectionId", "kind", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: renewals,
    client: "tenantId",
    data: ["id", "connectionId", "provider", "at", "tookMs", "trigger", "outcome", "message"],
    exported: { file: "renewals.json", key: ["id"] },
    atEnd: "erased",
    withAccount: { stays: "when its tokens were renewed, and how that went" },
  },
  {
    table: debts,
    client: "tenantId",
    data: [
      ...["id", "provider", "connectionId", "reason", "externalId", "name", "shop", "accessExpiresAt", "owedAt", "tries", "nextAt"],
      ...["farewell", "endedAt"],
    ],
    sealed: ["accessSealed", "refreshSealed"],
    engine: ["renewBegunAt"],
    exported: { file: "access_owed_back.json", key: ["id"] },
    atEnd: "erased",
    withAccount: { stays: "what is owed back at the provider; for a while after that is over" },
  },
  {
    table: schedules,
    client: "tenantId",
    data: [
      ...["job", "everyS", "nextAt", "enabled", "blocked", "config", "cursor", "source", "timezone", "lastRunAt", "lastSuccessAt"],
      ...["lastStatus", "lastErrorKind", "lastErrorMessage", "lastRunId", "lastFinishedAt", "dailyAt", "zone", "lastErrorParams"],
    ],
    exported: { file: "schedules.json", key: ["job"] },
    atEnd: "erased",
  },
  {
    table: runs,
    client: "tenantId",
    data: [
      ...["id", "job", "slot", "trigger", "status", "attempt", "step", "availableAt", "sentAt", "errorKind", "errorMessage"],
      ...["createdAt", "startedAt", "finishedAt", "requestedBy", "params", "requestId", "errorParams", "calls"],
    ],
    engine: ["lease", "defect"],
    exported: { file: "runs.json", key: ["id"] },
    atEnd: "erased",
  },
  {
    table: runLogs,
    client: "tenantId",
    data: ["runId", "seq", "at", "level", "message", "fields", "params"],
    exported: { file: "run_logs.json", key: ["runId", "seq"] },
    atEnd: "erased",
  },
  {
    table: measurements,
    client: "tenantId",
    data: ["job", "metric", "day", "dimension", "currency", "value", "measuredAt"],
    exported: { file: "measurements.csv", key: ["job", "metric", "day", "dimension", "currency"] },
    atEnd: "erased",
  },
  {
    table: orders,
    client: "tenantId",
    data: ["connectionId", "placedAt", "day", "grossMinor", "currency", "updatedAt", "cancelledAt"],
    customer: ["customerId"],
    order: ["externalId"],
    exported: { file: "orders.csv", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
    datedBy: "updatedAt",
  },
  {
    table: deletedOrders,
    client: "tenantId",
    // The id of an order that is gone: nothing leads from it to a customer.
    data: ["connectionId", "externalId", "deletedAt", "days"],
    exported: { file: "deleted_orders.csv", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: refunds,
    client: "tenantId",
    data: ["connectionId", "externalId", "refundedAt", "day", "amountMinor", "currency"],
    order: ["orderExternalId"],
    exported: { file: "refunds.csv", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: orderContents,
    client: "tenantId",
    data: ["connectionId", "updatedAt", "lines", "fulfilments", "deliveredAt", "paid"],
    order: ["externalId"],
    trace: ["codes"],
    engine: ["movedAt"],
    exported: { file: "order_contents.json", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
    datedBy: "updatedAt",
  },
  {
    table: customers,
    client: "tenantId",
    data: ["connectionId", "orders", "spentMinor", "currency", "mailConsent", "smsConsent", "createdAt", "updatedAt"],
    customer: ["externalId"],
    exported: { file: "customers.csv", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: customerModels,
    client: "tenantId",
    data: [
      ...["connectionId", "step", "reason", "fittedUntil", "fittedAt", "firstDay", "bought", "boughtAgain", "currency"],
      ...["buying", "spend", "season", "past", "fifths"],
    ],
    exported: { file: "customer_models.json", key: ["connectionId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: customerScores,
    client: "tenantId",
    data: ["connectionId", "asOf", "chance30", "chance90", "orders90", "valueMinor", "currency", "segment", "told", "toldBy"],
    customer: ["customerId"],
    exported: { file: "customer_scores.csv", key: ["connectionId", "customerId"] },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: products,
    client: "tenantId",
    data: ["connectionId", "externalId", "title", "handle", "status", "vendor", "type", "url", "updatedAt", "seenAt"],
    exported: { file: "products.json", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: variants,
    client: "tenantId",
    data: ["connectionId", "externalId", "productId", "title", "sku", "priceMinor", "compareAtMinor", "currency", "stock", "updatedAt"],
    exported: { file: "variants.csv", key: ["connectionId", "externalId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: variantPrices,
    client: "tenantId",
    data: ["connectionId", "variantId", "since", "priceMinor", "compareAtMinor", "currency"],
    exported: { file: "variant_prices.csv", key: ["connectionId", "variantId", "since"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: occurrences,
    client: "tenantId",
    data: ["seq", "connectionId", "kind", "subject", "at", "noticedAt", "facts"],
    order: ["orderId"],
    exported: { not: "what automations are told of, for two weeks; what it came to stands in other files" },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: policies,
    client: "tenantId",
    data: [
      "automation",
      "mode",
      "holdout",
      "actionsADay",
      "peopleADay",
      "stakeADay",
      "largestStake",
      "createdAt",
      "updatedAt",
      "memberStake",
      "staffDecides",
      "quietFrom",
      "quietTo",
      "startedAt",
      "effectPoints",
    ],
    engine: ["salt", "digestAt", "learnAt"],
    exported: { file: "policies.json", key: ["automation"] },
    atEnd: "erased",
  },
  {
    table: policyModeChanges,
    client: "tenantId",
    data: ["automation", "at", "mode", "changedBy", "lately"],
    exported: { file: "policy_mode_changes.json", key: ["automation", "at"] },
    atEnd: "erased",
  },
  {
    table: rehearsals,
    client: "tenantId",
    data: ["automation", "connectionId", "today", "tried", "fromDay", "toDay", "requestedBy", "requestedAt", "doneAt"],
    engine: ["id", "status", "progress", "sentAt", "leaseUntil", "attempts"],
    exported: { not: "a trial of settings, replaced by the next one" },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: rehearsed,
    client: "tenantId",
    data: ["automation", "variant", "connectionId", "at", "stake", "over", "orders", "spent"],
    customer: ["customerId"],
    engine: ["dedupe"],
    exported: { not: "what a trial of settings came to, replaced by the next one; nothing of it happened" },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: actions,
    client: "tenantId",
    data: [
      ...["id", "automation", "runId", "dedupe", "subject", "connectionId", "touches", "hash", "evidence", "stake", "score", "status"],
      ...[
        "control",
        "reason",
        "createdAt",
        "expiresAt",
        "decision",
        "decidedBy",
        "decidedAt",
        "note",
        "agreed",
        "edited",
        "availableAt",
        "attempt",
      ],
      ...["finishedAt", "failureKind", "failureMessage"],
    ],
    customer: ["customerId"],
    engine: ["lease"],
    exported: { file: "actions.json", key: ["id"] },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: actionSteps,
    client: "tenantId",
    data: ["actionId", "place", "kind", "accountId", "connectionId", "payload", "status", "begunAt", "receipt"],
    customer: ["customerId"],
    engine: ["looked"],
    exported: { file: "action_steps.json", key: ["actionId", "place"] },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: actionEdits,
    client: "tenantId",
    data: ["actionId", "place", "field", "automation", "kind", "connectionId", "at", "was", "becomes"],
    customer: ["customerId"],
    exported: { file: "action_edits.json", key: ["actionId", "place", "field"] },
    atEnd: "erased",
    withAccount: "erased",
    withCustomer: "erased",
  },
  {
    table: findings,
    client: "tenantId",
    data: [
      ...[
        "id",
        "automation",
        "kind",
        "what",
        "status",
        "hits",
        "of",
        "proposal",
        "foundAt",
        "measuredAt",
        "until",
        "decidedBy",
        "decidedAt",
      ],
      ...["note", "declinedShare", "accepted", "acceptedAt"],
    ],
    exported: { file: "findings.json", key: ["id"] },
    atEnd: "erased",
  },
  {
    table: approvalPosts,
    client: "tenantId",
    data: ["actionId", "automation", "connectionId", "channel", "message", "shown", "begunAt"],
    engine: ["attempt", "checkAt"],
    exported: { file: "approval_posts.json", key: ["actionId"] },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: budgets,
    client: "tenantId",
    data: ["day", "automation", "kind", "used", "most", "fullAt"],
    exported: { not: "what of a day's limits is used" },
    atEnd: "erased",
  },
  {
    table: webhookDeliveries,
    client: "tenantId",
    data: [
      ...["id", "provider", "connectionId", "eventKey", "topic", "account", "receivedAt", "occurredAt", "status", "reason", "attempts"],
      ...["sentAt", "workedAt", "requestId"],
    ],
    packed: ["sealed"],
    engine: ["sealedForm"],
    exported: { file: "webhook_deliveries.json", key: ["id"] },
    atEnd: "erased",
    withAccount: { stays: "that something came, without what it said and of whom; for ninety days" },
  },
  {
    table: privacyRequests,
    client: "tenantId",
    data: ["id", "provider", "connectionId", "deliveryId", "kind", "receivedAt", "doneAt", "report"],
    proof: ["subject", "orders"],
    sealed: ["code"],
    exported: { file: "privacy_requests.json", key: ["id"] },
    atEnd: "erased",
    withAccount: { stays: "the proof that it was erased" },
  },
  {
    table: reveals,
    client: "tenantId",
    data: [
      ...["id", "connectionId", "field", "reason", "requestedBy", "requestedAt", "approvedBy", "approvedAt", "expiresAt", "shownAt"],
      ...["deniedAt", "deniedBy"],
    ],
    engine: ["sealMark"],
    exported: { file: "reveals.json", key: ["id"] },
    atEnd: "erased",
    withAccount: { stays: "who looked at what, and who allowed it" },
  },
  {
    table: auditLog,
    client: "tenantId",
    data: ["id", "at", "actorType", "actorId", "action", "details", "requestId", "seq", "hash"],
    contact: ["ip"],
    exported: { file: "audit_log.json", key: ["id"] },
    atEnd: "erased",
    withPerson: { stays: "a log out of which lines are taken proves nothing; a client's goes with the client" },
  },
  {
    table: secrets,
    client: "tenantId",
    data: ["connectionId", "field", "createdAt", "lastUsedAt"],
    sealed: ["sealed"],
    exported: { not: never },
    atEnd: "erased",
    withAccount: "erased",
  },
  {
    table: dataKeys,
    client: "tenantId",
    data: ["version", "rootKeyId", "createdAt"],
    sealed: ["wrapped"],
    exported: { not: never },
    atEnd: "erased",
  },
  {
    table: auditHeads,
    client: "tenantId",
    data: ["seq", "hash"],
    exported: { not: "the manifest says it" },
    atEnd: "erased",
  },
  {
    table: clientNames,
    client: "tenantId",
    engine: ["n", "known"],
    exported: { not: "the index of names" },
    atEnd: "erased",
  },
  {
    table: dataExports,
    client: "tenantId",
    data: ["id", "requestedBy", "requestedAt", "status", "doneAt", "expiresAt", "bytes", "contents"],
    engine: ["sentAt", "attempts", "leaseUntil", "progress"],
    exported: { not: "about exports themselves" },
    atEnd: "erased",
  },
  {
    table: exportChunks,
    client: "tenantId",
    data: ["exportId", "seq"],
    packed: ["bytes"],
    exported: { not: "the exports themselves" },
    atEnd: "erased",
  },
  {
    table: costs,
    client: "tenantId",
    data: ["day", "kind", "currency", "quantity"],
    exported: { not: "the agency's own: what a client costs it" },
    atEnd: "erased",
  },
  {
    table: notices,
    client: "tenantId",
    data: [
      ...["id", "userId", "kind", "subject", "event", "params", "shown", "createdAt", "readAt", "resolvedAt"],
      ...["mailDueAt", "mail", "digestAt", "mailedAt"],
    ],
    exported: { not: "a person's own: what they were told of what other files have" },
    atEnd: "erased",
    withPerson: { by: "userId", is: "id" },
  },
  {
    table: deadLetters,
    client: "ofTenant",
    data: ["id", "queue", "message", "runId", "reason", "at", "replayedAt", "replayedBy"],
    exported: { not: "the agency's own: ids of messages that a queue gave up on" },
    atEnd: "erased",
  },
  {
    table: oauthStates,
    client: "forTenant",
    data: [
      "provider",
      "userId",
      "sessionId",
      "redirectUri",
      "shop",
      "scopes",
      "connectionId",
      "whose",
      "returnTo",
      "takenAt",
      "end",
      "shown",
      "expiresAt",
    ],
    sealed: ["stateHash", "browserHash", "sealedGrant"],
    engine: ["takenBy", "shownAs", "debtId", "answeredBy"],
    exported: { not: "a consent on its way, for minutes" },
    atEnd: "erased",
    withAccount: { stays: "for minutes" },
    withPerson: { by: "userId", is: "id" },
  },
  {
    table: tenants,
    client: "id",
    data: [
      ...["name", "vertical", "plan", "status", "locale", "currency", "timezone", "currencyChosen", "timezoneChosen"],
      ...["origin", "source", "tags", "features", "automations", "createdAt", "updatedAt", "lastActivityAt", "endsAt", "place", "borrows"],
    ],
    contact: ["contactName", "contactEmail"],
    engine: ["catalog"],
    exported: { not: "tenant.json has it" },
    atEnd: { stays: "until all others are erased; then it goes as the last" },
    withPerson: { stays: "whom the agency writes to there; it goes with the client" },
  },
  {
    table: deletions,
    client: "ofTenant",
    data: [
      ...["id", "tenantName", "requestedBy", "requestedAt", "reason", "dueAt", "cancelledAt", "cancelledBy", "startedAt", "keyDestroyedAt"],
      ...["doneAt", "receipt"],
    ],
    engine: ["sentAt", "leaseUntil"],
    exported: { not: "what is left of a client that is gone" },
    atEnd: { stays: "the receipt of the end" },
  },
  {
    table: users,
    client: null,
    data: ["id", "locale", "timezone", "staff", "wasStaff", "provenAt", "onboardedAt", "createdAt"],
    contact: ["email", "name"],
    exported: { not: "members.json has who is of the client" },
    atEnd: { stays: "who has another client, or is staff; else the account is erased" },
    withPerson: { by: "id", is: "id" },
  },
  {
    table: actionStops,
    client: null,
    data: ["scope", "stoppedBy", "stoppedAt"],
    exported: { not: nobodys },
    atEnd: { stays: nobodys },
  },
  {
    table: agencyDefaults,
    client: null,
    data: ["id", "plan", "locale", "currency", "timezone"],
    exported: { not: nobodys },
    atEnd: { stays: nobodys },
  },
  {
    table: sessions,
    client: null,
    data: ["id", "userId", "createdAt", "lastUsedAt", "expiresAt"],
    contact: ["ip", "userAgent"],
    sealed: ["tokenHash"],
    exported: { not: "a person's own, not the client's" },
    atEnd: { stays: nobodys },
    withPerson: { by: "userId", is: "id" },
  },
  {
    table: noticePreferences,
    client: null,
    data: ["userId", "choices", "quietFrom", "quietTo"],
    exported: { not: "a person's own, not the client's" },
    atEnd: { stays: nobodys },
    withPerson: { by: "userId", is: "id" },
  },
  {
    table: magicLinks,
    client: null,
    data: ["id", "locale", "returnTo", "codeTries", "createdAt", "expiresAt", "consumedAt", "mailDueAt"],
    contact: ["email"],
    sealed: ["tokenHash", "codeHash"],
    exported: { not: "a person's own, not the client's" },
    atEnd: { stays: nobodys },
    withPerson: { by: "email", is: "email" },
  },
  {
    table: undeliveredMails,
    client: "ofTenant",
    data: ["id", "kind", "fate", "reason", "reasonParams", "at"],
    contact: ["recipient"],
    exported: { not: "the agency's own: whom a mail server did not take mail for, for a month" },
    atEnd: "erased",
    withPerson: { by: "recipient", is: "email" },
  },
  {
    table: rateLimits,
    client: null,
    data: ["count", "resetAt"],
    contact: ["key"],
    exported: { not: "counters, for a day at most" },
    // Of keys that name the client; see domain/tenancy/keys-of-tenant.ts.
    atEnd: "erased",
    withPerson: { stays: "for a day at most" },
  },
  {
    table: workspaceRequests,
    client: null,
    data: ["id", "locale", "createdAt", "decision", "decidedAt", "decidedBy", "ofTenant"],
    contact: ["email", "company"],
    exported: { not: "of who is no client yet" },
    atEnd: { stays: "it goes a month after it was decided" },
    withPerson: { by: "email", is: "email" },
  },
  {
    table: incidents,
    client: null,
    data: ["id", "provider", "kind", "openedAt", "lastSeenAt", "closedAt", "tenantsFailing", "tenantsUsing"],
    exported: { not: "of a provider, over all clients" },
    atEnd: { stays: nobodys },
  },
  {
    table: retiredVersions,
    client: null,
    data: ["provider", "version", "noticedAt"],
    exported: { not: "of a provider, over all clients" },
    atEnd: { stays: nobodys },
  },
  {
    table: clientTotals,
    client: null,
    engine: ["status", "clients"],
    exported: { not: nobodys },
    atEnd: { stays: nobodys },
  },
  {
    table: ticks,
    client: null,
    engine: ["id", "at", "tookMs", "failed"],
    exported: { not: nobodys },
    atEnd: { stays: nobodys },
  },
  {
    table: devMails,
    client: null,
    data: ["id", "at"],
    contact: ["recipient", "subject", "text", "html"],
    exported: { not: "development only" },
    atEnd: { stays: nobodys },
    withPerson: { stays: "development only" },
  },
];

/** What a table holds by `Holds`, as one list. */
export const columnsOf = (holding: Holding, ...kinds: readonly Holds[]): string[] => kinds.flatMap((kind) => holding[kind] ?? []);

/** The tables that have something of a shop's customers, found through a column or through their order. */
export const ofCustomers: readonly Holding[] = holdings.filter((holding) => columnsOf(holding, "customer", "order").length > 0);

/** The tables of which an account's rows go with it. */
export const ofAccounts: readonly Holding[] = holdings.filter(({ withAccount }) => withAccount === "erased");

/** What is said of one table. Throws where nobody said anything. */
export function holdingOf(table: SQLiteTable): Holding {
  const holding = holdings.find((each) => each.table === table);
  if (!holding) throw new Error(`db/holdings.ts says nothing of the table ${getTableName(table)}`);
  return holding;
}
