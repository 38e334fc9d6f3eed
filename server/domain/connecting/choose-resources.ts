import { eq, inArray, sql } from "drizzle-orm";
import { connections, resources } from "#db/schema/index.ts";
import type { ChosenResource } from "#db/words/connections.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { findChoice } from "#server/domain/connections/find-choice.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import type { ChooseResources } from "#server/domain/connections/schemas.ts";
import { claimOwn } from "#server/domain/runs/claim-due.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { invalid } from "#server/errors.ts";

/**
 * Says which of the things under a connection jobs may read, in place of what was chosen before; none is a choice too. Jobs
 * that now read something else begin anew (see domain/schedules/schedule-statements.ts); where it is chosen already, nothing is
 * written. Answers what is chosen. Throws
 * `not_found`, `forbidden`, `conflict`, and `invalid` for what is not listed or for several where only one may be.
 */
export async function chooseResources(ctx: TenantCtx, { connectionId, kind, ids }: ChooseResources): Promise<ChosenResource[]> {
  requirePermission(ctx, "connections:write");
  const { connection, provider, choice } = await findChoice(ctx, { connectionId, kind });
  const wanted = [...new Set(ids)];
  if (!choice.many && wanted.length > 1) throw invalid("ids", "choose_one");
  const chosen = await listedOf(ctx, { connectionId, kind, ids: wanted });
  if (chosen.length < wanted.length) throw invalid("ids", "choice_gone", { provider: provider.name });
  const all = await listConnections(ctx);
  const chosenAt = (row: ConnectionRow) =>
    row.id === connectionId ? { ...row, chosen: [...row.chosen.filter((each) => each.kind !== kind), ...chosen] } : row;
  const after = [...all.map(chosenAt), ...(await listLent(ctx))];
  const before = connection.chosen.filter((each) => each.kind === kind);
  if (canonical(byId(before)) === canonical(byId(chosen))) return chosen;
  const details = { connection: connectionId, provider: provider.id, account: connection.name, kind, chosen: chosen.map(({ id }) => id) };
  await commit(ctx, "connection.chosen", details, [
    ctx.db
      .update(connections)
      // Of this kind alone: what is chosen of another one at the same time stays.
      .set({
        chosen: sql`(select json_group_array(json(value)) from (
          select value from json_each(${connections.chosen}) where value->>'kind' <> ${kind}
          union all select value from json_each(${JSON.stringify(chosen)})))`,
      })
      .where(inTenant(ctx, connections, eq(connections.id, connectionId))),
    ...scheduleStatements(ctx, { connections: after }),
  ]);
  await afterCommit(ctx, "jobs", () => alignJobs(ctx, { written: after }));
  await afterCommit(ctx, "runs", () => claimOwn(ctx));
  return chosen;
}

const byId = (each: readonly ChosenResource[]) => [...each].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Those of them that the provider listed last, as resources. */
async function listedOf(
  ctx: TenantCtx,
  { connectionId, kind, ids }: { connectionId: string; kind: string; ids: readonly string[] },
): Promise<Resource[]> {
  const rows = await ctx.db
    .select()
    .from(resources)
    .where(
      inTenant(
        ctx,
        resources,
        eq(resources.connectionId, connectionId),
        eq(resources.kind, kind),
        inArray(resources.externalId, sql`(select value from json_each(${JSON.stringify(ids)}))`),
      ),
    );
  return rows.map(({ externalId, name, parent, currency, timezone }) => ({
    kind,
    id: externalId,
    name,
    ...(parent !== null && { parent }),
    ...(currency !== null && { currency }),
    ...(timezone !== null && { timezone }),
  }));
}
