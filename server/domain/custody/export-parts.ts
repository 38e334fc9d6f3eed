import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  auditLog,
  connections,
  invitations,
  measurements,
  memberships,
  orders,
  privacyRequests,
  refunds,
  renewals,
  resources,
  reveals,
  runLogs,
  runs,
  schedules,
  webhookDeliveries,
} from "#db/schema/index.ts";

/** One file of an export: a tenant's table in order of its key. */
export interface ExportPart {
  file: string;
  table: SQLiteTable & { tenantId: SQLiteColumn };
  /** The rest of its primary key behind the tenant: what its pages are read by. */
  key: readonly string[];
  /** Columns that are none of the tenant's data: leases, fences, what is sealed. */
  without?: readonly string[];
  /** In the directory, beside the people whom it names. */
  atDirectory?: boolean;
}

const lease = ["leaseOwner", "leaseUntil", "refreshFingerprint", "refreshStartedAt"];

/** What an export holds. Secrets, sealed bodies and keys are in none of these tables' columns. */
export const exportParts: readonly ExportPart[] = [
  { file: "members.json", table: memberships, key: ["userId"], atDirectory: true },
  { file: "invitations.json", table: invitations, key: ["id"], atDirectory: true },
  { file: "connections.json", table: connections, key: ["id"], without: [...lease, "version", "planned"] },
  { file: "resources.json", table: resources, key: ["connectionId", "kind", "externalId"] },
  { file: "renewals.json", table: renewals, key: ["id"] },
  { file: "schedules.json", table: schedules, key: ["job"] },
  { file: "runs.json", table: runs, key: ["id"], without: ["lease"] },
  { file: "run_logs.json", table: runLogs, key: ["runId", "seq"] },
  { file: "measurements.csv", table: measurements, key: ["sensor", "metric", "day", "dimension"] },
  { file: "orders.csv", table: orders, key: ["connectionId", "externalId"] },
  { file: "refunds.csv", table: refunds, key: ["connectionId", "externalId"] },
  { file: "webhook_deliveries.json", table: webhookDeliveries, key: ["id"], without: ["sealed"] },
  { file: "privacy_requests.json", table: privacyRequests, key: ["id"], without: ["code"] },
  { file: "reveals.json", table: reveals, key: ["id"] },
  { file: "audit_log.json", table: auditLog, key: ["id"] },
];

/** Tenant-owned tables that no export holds, and why. */
export const notExported: Readonly<Record<string, string>> = {
  secrets: "never leaves the vault",
  data_keys: "never leaves the vault",
  audit_heads: "the manifest says it",
  data_exports: "about exports themselves",
  export_chunks: "the exports themselves",
};
