import { eq } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { requirePermission, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { scheduleStatements } from "#server/domain/runs/schedule-statements.ts";
import { notFound } from "#server/errors.ts";
import type { UpdateClient } from "./client.ts";
import type { Features } from "./schemas.ts";

/**
 * Changes what is given of a client and makes its schedules fit: a suspended one has its jobs stopped, an active one
 * again has those that its connections and its plan allow. The change stands in the audit log by its fields and new values;
 * what is so already is no change, and leaves no line. `by`: an account's own word decides nothing for good.
 */
export async function updateClient(ctx: TenantCtx, asked: Change, { by = "person" }: { by?: "person" | "account" } = {}): Promise<Tenant> {
  requirePermission(ctx, "settings:write");
  const change = changesOf(ctx.tenant, asked);
  if (Object.keys(change).length === 0) return ctx.tenant;
  const [tenant] = await ctx.directory
    .update(tenants)
    .set({ ...change, ...(by === "person" && chosenIn(change)), updatedAt: ctx.now() })
    .where(eq(tenants.id, ctx.tenant.id))
    .returning();
  if (!tenant) throw notFound("client");
  const changesJobs = change.status !== undefined || change.plan !== undefined || change.features !== undefined;
  await commit(ctx, "client.updated", { ...change }, changesJobs ? await schedulesOf({ ...ctx, tenant }) : []);
  return tenant;
}

/** What a person says of these is no longer taken from an account. */
const chosenIn = ({ currency, timezone }: Change) => ({
  ...(currency !== undefined && { currencyChosen: true }),
  ...(timezone !== undefined && { timezoneChosen: true }),
});

type Change = UpdateClient & { features?: Features };

const changesOf = (tenant: Tenant, asked: Change): Change =>
  Object.fromEntries(
    Object.entries(asked).filter(
      ([name, value]) => value !== undefined && canonical(value ?? null) !== canonical(tenant[name as keyof Change] ?? null),
    ),
  );

const schedulesOf = async (ctx: TenantCtx) => scheduleStatements(ctx, { connections: await listConnections(ctx) });
