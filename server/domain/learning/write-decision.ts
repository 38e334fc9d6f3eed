import { eq, inArray, sql } from "drizzle-orm";
import { findings } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { deciderOf } from "#server/domain/actions/decider-of.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";
import type { FindingRow } from "./rows.ts";

type Decision = Pick<FindingRow, "status"> & Partial<Pick<FindingRow, "until" | "note" | "declinedShare" | "accepted" | "acceptedAt">>;

/** Writes what an admin decided of a finding that waits, with its line in the client's log. Throws `conflict` where another one was faster. */
export async function writeDecision(
  ctx: TenantCtx,
  { id, automation, kind, what }: FindingRow,
  action: Extract<AuditAction, `finding.${string}`>,
  decision: Decision,
): Promise<void> {
  const waits = inTenant(ctx, findings, eq(findings.id, id), inArray(findings.status, ["open", "snoozed"]));
  const { accepted, until } = decision;
  const details = { finding: id, automation, kind, ...(what !== "" && { what }), ...(accepted && { accepted }), ...(until && { until }) };
  const [written] = await commitIf(ctx, sql`exists (select 1 from ${findings} where ${waits})`, action, details, [
    ctx.db
      .update(findings)
      .set({ until: null, note: null, ...decision, decidedBy: deciderOf(ctx), decidedAt: ctx.now() })
      .where(waits)
      .returning({ id: findings.id }),
  ]);
  if (!wrote(written)) throw conflict("finding_decided");
}
