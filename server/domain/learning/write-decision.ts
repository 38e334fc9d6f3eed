import { eq, inArray, type SQL, sql } from "drizzle-orm";
import { findings } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { deciderOf } from "#server/domain/actions/decider-of.ts";
import type { Along } from "#server/domain/audit/along.ts";
import { lineBeside } from "#server/domain/audit/append.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";
import type { FindingRow } from "./rows.ts";

/** What an admin decided of a finding that waits. */
export interface Decided {
  row: FindingRow;
  action: Extract<AuditAction, `finding.${string}`>;
  decision: Pick<FindingRow, "status"> & Partial<Pick<FindingRow, "until" | "note" | "declinedShare" | "accepted" | "acceptedAt">>;
}

/** Writes it, with its line in the client's log. Throws `conflict` where another one was faster. */
export async function writeDecision(ctx: TenantCtx, decided: Decided): Promise<void> {
  const [written] = await commitIf(ctx, waitsStill(ctx, decided), decided.action, detailsOf(decided), [decision(ctx, decided, sql`true`)]);
  if (!wrote(written)) throw conflict("finding_decided");
}

/** The same for the batch of the change that was decided on. */
export function decidedAlong(ctx: TenantCtx, decided: Decided): Along {
  const { action } = decided;
  const wroteBefore = sql`changes() > 0`;
  return {
    guard: waitsStill(ctx, decided),
    statements: [decision(ctx, decided, wroteBefore), lineBeside(ctx, ctx.db, { action, details: detailsOf(decided), guard: wroteBefore })],
  };
}

const waits = (ctx: TenantCtx, { row }: Decided): SQL =>
  inTenant(ctx, findings, eq(findings.id, row.id), inArray(findings.status, ["open", "snoozed"]));

const waitsStill = (ctx: TenantCtx, decided: Decided): SQL => sql`exists (select 1 from ${findings} where ${waits(ctx, decided)})`;

const decision = (ctx: TenantCtx, decided: Decided, where: SQL) =>
  ctx.db
    .update(findings)
    .set({ until: null, note: null, ...decided.decision, decidedBy: deciderOf(ctx), decidedAt: ctx.now() })
    .where(sql`${waits(ctx, decided)} and ${where}`)
    .returning({ id: findings.id });

function detailsOf({ row: { id, automation, kind, what }, decision: { accepted, until } }: Decided): Record<string, unknown> {
  return { finding: id, automation, kind, ...(what !== "" && { what }), ...(accepted && { accepted }), ...(until && { until }) };
}
