import { and, asc, eq, lte, sql } from "drizzle-orm";
import { batchOf, type Db, type Statement } from "#db/client.ts";
import { findings, policies } from "#db/schema/index.ts";
import type { FindingState } from "#db/words/learning.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { type Ctx, enterTenant, inEachPlace, type TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { type About, figuresOf, type Measures, measure, measured } from "./measures.ts";
import { proposalFor } from "./proposal-for.ts";
import type { FindingRow } from "./rows.ts";
import { settingsOf } from "./settings-of.ts";
import { isFinding, isWorse, measuredFrom, windowMs } from "./thresholds.ts";

const everyMs = 86_400_000;
/** So many automations of clients a tick in each D1: fourteen thousand a day. */
const pageSize = 10;

/**
 * Looks once a day at what people and providers said of each automation that is on, and keeps what is worth a change; and wakes what was
 * snoozed until now. One that is claimed and fails has its turn the next day. Answers counts.
 */
export async function refreshFindings(ctx: Ctx): Promise<{ looked: number; woken: number }> {
  const sums = { looked: 0, woken: 0 };
  await inEachPlace(ctx, async ({ db }) => {
    const now = ctx.now();
    const woken = await db
      .update(findings)
      .set({ status: "open", until: null })
      .where(sql`status = 'snoozed' and ${findings.until} <= ${now}`)
      .returning({ id: findings.id });
    sums.woken += woken.length;
    const due = await claim(db, now);
    sums.looked += due.length;
    const failures: unknown[] = [];
    for (const { tenantId, automation } of due) {
      try {
        const tenant = await ifFound(findTenant(ctx, tenantId));
        if (tenant) await refreshOf(enterTenant(ctx, tenant, "system"), automation);
      } catch (error) {
        failures.push(new Error(`${tenantId} ${automation} failed`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not of every automation findings were made");
  });
  return sums;
}

/** Literal as the index has it. A second tick finds none of these due. */
const claim = (db: Db, now: number) =>
  db
    .update(policies)
    .set({ learnAt: now + everyMs })
    .where(
      sql`(tenant_id, automation) in (${db
        .select({ tenantId: policies.tenantId, automation: policies.automation })
        .from(policies)
        .where(and(sql`mode <> 'off'`, lte(policies.learnAt, now)))
        .orderBy(asc(policies.learnAt))
        .limit(pageSize)})`,
    )
    .returning({ tenantId: policies.tenantId, automation: policies.automation });

/** The findings of one automation, made and brought up to date. An automation that is no more on the shelf has none that are new. */
async function refreshOf(ctx: TenantCtx, id: string): Promise<void> {
  const automation = automations.find((each) => each.id === id);
  if (!automation) return;
  const now = ctx.now();
  const [measures, stored, policy, { config }] = await Promise.all([
    measure(ctx, { automation: id, from: now - windowMs, until: now }),
    ctx.db
      .select()
      .from(findings)
      .where(inTenant(ctx, findings, eq(findings.automation, id))),
    findPolicy(ctx, { automation: id }),
    settingsOf(ctx, automation),
  ]);
  const standing = { automation, config, policy };
  const writes: Statement[] = [];
  for (const about of aboutsOf(measures, stored)) {
    const row = stored.find(({ kind, what }) => kind === about.kind && what === about.what);
    const found = isFinding(about.kind, figuresOf(measures, about));
    if (!row) {
      if (found) writes.push(made(ctx, id, about, { ...figuresOf(measures, about), proposal: proposalFor(about, measures, standing) }));
      continue;
    }
    const anew = found || !isSettled(row) ? await measuredOf(ctx, row, measures) : measures;
    const figures = figuresOf(anew, about);
    if (isSettled(row) && !(found && comesBack(row, figures, now))) continue;
    writes.push(refreshed(ctx, row, { ...figures, proposal: proposalFor(about, anew, standing) }));
  }
  if (writes.length > 0) await batchOf(ctx.db, writes);
}

/** All that was measured or is known: what nobody says any more is counted too. */
function aboutsOf(measures: Measures, stored: readonly FindingRow[]): About[] {
  const all = [...measured(measures), ...stored.map(({ kind, what }) => ({ kind, what }))];
  return [...new Map(all.map((about) => [`${about.kind} ${about.what}`, about])).values()];
}

const isSettled = ({ status }: FindingRow): boolean => status === "accepted" || status === "declined";

/** What was said before a decision was known then: such a finding is measured since, also once it came back. */
async function measuredOf(ctx: TenantCtx, row: FindingRow, measures: Measures): Promise<Measures> {
  const until = ctx.now();
  const from = isSettled(row) ? Math.max(row.decidedAt ?? 0, until - windowMs) : measuredFrom(row, until);
  return from > until - windowMs ? measure(ctx, { automation: row.automation, from, until }) : measures;
}

/** What was declined comes back only where it got surely worse since; what was accepted, where it is one still when all days that are looked at are after it. */
function comesBack({ status, kind, decidedAt, declinedShare }: FindingRow, figures: { hits: number; of: number }, now: number): boolean {
  if (!isFinding(kind, figures)) return false;
  return status === "declined" ? declinedShare === null || isWorse(kind, figures, declinedShare) : now - (decidedAt ?? 0) >= windowMs;
}

type Found = Pick<FindingRow, "hits" | "of" | "proposal">;

const made = (ctx: TenantCtx, automation: string, about: About, found: Found): Statement =>
  ctx.db
    .insert(findings)
    .values({
      ...{ id: newId("fnd", ctx.now()), tenantId: ctx.tenant.id, automation, ...about, ...found },
      ...{ status: "open", foundAt: ctx.now(), measuredAt: ctx.now() },
    })
    .onConflictDoNothing();

/** What somebody decided meanwhile stays as they decided it. A snoozed one sleeps on. */
function refreshed(ctx: TenantCtx, row: FindingRow, found: Found): Statement {
  const status: FindingState = row.status === "snoozed" ? "snoozed" : "open";
  return ctx.db
    .update(findings)
    .set({ ...found, status, measuredAt: ctx.now(), ...(isSettled(row) && { foundAt: ctx.now() }) })
    .where(inTenant(ctx, findings, eq(findings.id, row.id), eq(findings.status, row.status)));
}
