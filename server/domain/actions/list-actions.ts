import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { batchOf } from "#db/client.ts";
import { actionSteps, actions } from "#db/schema/index.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { fieldsOfRows } from "#server/catalog/actions/rows.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { invalid, notFound } from "#server/errors.ts";
import { editFieldsOf } from "./edit-fields.ts";
import type { ActionRow, StepRow } from "./rows.ts";
import { type ActionStep, actionViews, type ListActions, type StoredAction } from "./schemas.ts";

export interface StoredActionPage {
  items: StoredAction[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** This client's actions of one view, the newest first, each with what it would do. However many there are, a page reads its own. Throws `invalid` for a cursor that is none. */
export async function listActions(ctx: TenantCtx, { view, automation, limit, cursor }: ListActions): Promise<StoredActionPage> {
  requirePermission(ctx, "portal:read");
  const pages = await batchOf(
    ctx.db,
    // One index range a state: an IN would have all of them sorted.
    actionViews[view].map((status) =>
      ctx.db
        .select()
        .from(actions)
        .where(
          inTenant(ctx, actions, eq(actions.status, status), automation ? eq(actions.automation, automation) : undefined, behind(cursor)),
        )
        .orderBy(desc(actions.createdAt), desc(actions.id))
        .limit(limit + 1),
    ),
  );
  const found = (pages as ActionRow[][]).flat().sort(newestFirst);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { items: await describeActions(ctx, page), next: found.length > limit && last ? `${last.createdAt}.${last.id}` : null };
}

/** One of them. Throws `not_found`. */
export async function findAction(ctx: TenantCtx, { actionId }: { actionId: string }): Promise<StoredAction> {
  requirePermission(ctx, "portal:read");
  const rows = await ctx.db
    .select()
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, actionId)));
  const [found] = await describeActions(ctx, rows);
  if (!found) throw notFound("action");
  return found;
}

const newestFirst = (a: ActionRow, b: ActionRow): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

function behind(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const [, at, id] = /^(\d{1,15})\.(\w+)$/.exec(cursor) ?? [];
  if (at === undefined) throw invalid("cursor", "place_unknown");
  return sql`(${actions.createdAt}, ${actions.id}) < (${Number(at)}, ${id})`;
}

/** Rows as they go out, with their steps in words and who decided. */
export async function describeActions(ctx: TenantCtx, rows: readonly ActionRow[]): Promise<StoredAction[]> {
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const [steps, names] = await Promise.all([
    rows.length === 0
      ? []
      : ctx.db
          .select()
          .from(actionSteps)
          .where(inTenant(ctx, actionSteps, and(inArray(actionSteps.actionId, sql`(select value from json_each(${ids}))`))))
          .orderBy(actionSteps.actionId, actionSteps.place),
    actorNames(
      ctx,
      rows.map(({ decidedBy }) => decidedBy),
    ),
  ]);
  return rows.map((row) => {
    const own = steps.filter(({ actionId }) => actionId === row.id);
    const { runId: _, dedupe: __, connectionId: ___, decision: ____, lease: _____, attempt: ______, ...shown } = row;
    return {
      ...shown,
      title: automations.find(({ id }) => id === row.automation)?.title ?? null,
      decidedBy: row.decidedBy && (names.get(row.decidedBy) ?? row.decidedBy),
      undoable: row.status === "done" && own.every(({ kind }) => kindOf(kind)?.undo !== undefined),
      steps: own.map(describeStep),
    };
  });
}

function describeStep({ place, kind: id, payload, status, receipt }: StepRow): ActionStep {
  const kind = kindOf(id);
  // What was proposed under an older shape of its kind is shown as it stands.
  const parsed = kind?.payload.safeParse(payload);
  const described = kind && parsed?.success ? kind.describe(parsed.data) : null;
  return {
    ...{ place, kind: id, payload, status, receipt },
    title: kind?.title ?? null,
    provider: kind ? providerName(kind.need.provider) : null,
    sentence: described?.sentence ?? null,
    fields: described ? [...described.fields, ...(receipt ? fieldsOfRows(receipt) : [])] : [],
    edits: kind && parsed?.success ? editFieldsOf(kind, parsed.data) : [],
  };
}
