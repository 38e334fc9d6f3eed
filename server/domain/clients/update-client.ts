import { eq, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Features } from "#db/words/tenants.ts";
import { requirePermission, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { notFound } from "#server/errors.ts";
import { endLentBy, endLoansOf } from "./end-loan.ts";
import type { UpdateClient } from "./schemas.ts";

/**
 * Changes what is given of a client and makes its schedules fit: a suspended one has its jobs stopped, an active one
 * again has those that its connections and its plan allow. The change stands in the audit log by its fields and new values;
 * what is so already is no change, and leaves no line. A currency or time zone that is given is chosen and no longer taken from
 * accounts, also where it is what they say; null hands it back to them.
 */
export async function updateClient(ctx: TenantCtx, asked: Change): Promise<Tenant> {
  requirePermission(ctx, "settings:write");
  const change = changesOf(ctx.tenant, asked);
  if (Object.keys(change).length === 0) return ctx.tenant;
  const { currency, timezone, ...rest } = change;
  const changesJobs = (["status", "plan", "features", "timezone"] as const).some((fact) => change[fact] !== undefined);
  if (change.status === "suspended") await endLoansOf(ctx);
  else if (ctx.tenant.vertical === "agency" && change.vertical !== undefined) await endLentBy(ctx);
  const directory = atDirectory(ctx);
  // What the agency files it under is not for the client, who reads this log.
  const details = { ...change, ...(change.tags && { tags: change.tags.length }) };
  const own = eq(tenants.id, ctx.tenant.id);
  const [[tenant] = []] = (await commitIf(directory, sql`exists (select 1 from ${tenants} where ${own})`, "client.updated", details, [
    directory.db
      .update(tenants)
      .set({
        ...rest,
        ...(currency !== undefined && { currencyChosen: currency !== null, ...(currency !== null && { currency }) }),
        ...(timezone !== undefined && { timezoneChosen: timezone !== null, ...(timezone !== null && { timezone }) }),
        // Its schedules are in its own D1: where that write is lost, the next tick aligns them.
        ...(changesJobs && { catalog: "" }),
        updatedAt: ctx.now(),
      })
      .where(own)
      .returning(),
  ])) as Tenant[][];
  if (!tenant) throw notFound("client");
  const after = { ...ctx, tenant };
  if (changesJobs) await afterCommit(ctx, "jobs", () => alignJobs(after));
  return currency === null || timezone === null ? adoptFacts(after) : tenant;
}

type Change = UpdateClient & { features?: Features };

/** What is chosen by the name of what it says whether somebody chose it. */
const choices = { currency: "currencyChosen", timezone: "timezoneChosen" } as const;

const changesOf = (tenant: Tenant, asked: Change): Change =>
  Object.fromEntries(Object.entries(asked).filter(([name, value]) => value !== undefined && differs(tenant, name as keyof Change, value)));

function differs(tenant: Tenant, name: keyof Change, value: unknown): boolean {
  const chosen = name === "currency" || name === "timezone" ? tenant[choices[name]] : true;
  if (!chosen) return value !== null;
  return canonical(value ?? null) !== canonical(tenant[name] ?? null);
}
