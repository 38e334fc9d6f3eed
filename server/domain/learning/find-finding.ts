import { and, count, desc, eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { type Ctx, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { wilson } from "#server/models/wilson.ts";
import { describeChange, describeFinding } from "./describe-findings.ts";
import { enterFinding } from "./enter-finding.ts";
import { decidedWithin, type Figures, figuresOf, measure } from "./measures.ts";
import type { FindingRow } from "./rows.ts";
import type { FindingDetails, InFinding } from "./schemas.ts";
import { leastSince, measuredFrom, windowMs } from "./thresholds.ts";

/** So many different words are shown. */
const saidShown = 10;

/**
 * A finding, with what people said and how the same measure stands before and since it was last accepted. Words are read from the actions
 * and kept nowhere else. For the agency's admins; throws `not_found`.
 */
export async function findFinding(outer: Ctx, { findingId }: InFinding): Promise<FindingDetails> {
  requireStaff(outer);
  const { inside: ctx, row } = await enterFinding(outer, findingId);
  const automation = automations.find(({ id }) => id === row.automation);
  const [policy, said, effect, names] = await Promise.all([
    automation ? findPolicy(ctx, { automation: automation.id }) : null,
    wordsOf(ctx, row),
    effectOf(ctx, row),
    actorNames(ctx, [row.decidedBy]),
  ]);
  return {
    ...describeFinding(row, ctx.tenant),
    mode: policy?.mode ?? null,
    staffDecides: policy?.staffDecides ?? true,
    said,
    decidedBy: row.decidedBy && (names.get(row.decidedBy) ?? row.decidedBy),
    decidedAt: row.decidedAt,
    note: row.note,
    accepted: row.accepted && describeChange(automation, row.accepted),
    acceptedAt: row.acceptedAt,
    effect,
  };
}

/** What was said of the very actions that the figures are of. Texts that differ in case and spaces alone are one. */
async function wordsOf(ctx: TenantCtx, row: FindingRow): Promise<FindingDetails["said"]> {
  const { automation, kind, what, measuredAt } = row;
  const from = measuredFrom(row, measuredAt);
  const within = decidedWithin({ from, until: measuredAt });
  switch (kind) {
    case "edits": {
      const { edits } = await measure(ctx, { automation, from, until: measuredAt });
      const wordings = edits.find((each) => each.what === what)?.wordings ?? [];
      return wordings.slice(0, saidShown).map(({ to, hits }) => ({ words: to, count: hits }));
    }
    case "rejections":
    case "low_agreement":
      return grouped(ctx, sql`trim(${actions.note})`, {
        // Literal as the index has it.
        where: inTenant(
          ctx,
          actions,
          and(eq(actions.automation, automation), within),
          sql`decided_by <> 'policy' and trim(coalesce(${actions.note}, '')) <> ''`,
        ),
      });
    case "failures":
      return grouped(ctx, sql`trim(${actions.failureMessage})`, {
        where: inTenant(
          ctx,
          actions,
          and(eq(actions.automation, automation), eq(actions.status, "failed"), within, eq(actions.failureKind, what)),
        ),
      });
    case "budgets":
      return [];
    default:
      return kind satisfies never;
  }
}

const grouped = (ctx: TenantCtx, words: ReturnType<typeof sql>, { where }: { where: ReturnType<typeof sql> }) =>
  ctx.db
    .select({ words: sql<string>`min(${words})`, count: count() })
    .from(actions)
    .where(where)
    .groupBy(sql`lower(${words})`)
    .orderBy(desc(count()))
    .limit(saidShown);

/** The same measure of the days before what was accepted last, and of what was proposed since. */
async function effectOf(ctx: TenantCtx, row: FindingRow): Promise<FindingDetails["effect"]> {
  const { automation, acceptedAt } = row;
  if (acceptedAt === null) return null;
  const [before, since] = await Promise.all([
    measure(ctx, { automation, from: acceptedAt - windowMs, until: acceptedAt }),
    measure(ctx, { automation, from: acceptedAt, until: ctx.now() }),
  ]);
  const share = ({ hits, of }: Figures) => ({ hits, of, share: wilson(hits, of) });
  const now = figuresOf(since, row);
  return { before: share(figuresOf(before, row)), since: share(now), early: now.of < leastSince };
}
