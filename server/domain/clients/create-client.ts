import { and, eq, type SQL, sql } from "drizzle-orm";
import { isPassing, tryAgain } from "#db/patient-d1.ts";
import { rowIf } from "#db/row-if.ts";
import { deletions, tenants } from "#db/schema/index.ts";
import { type Ctx, enterTenant, requireAgency, type Tenant } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { invite } from "#server/domain/people/invite.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";
import { conflict, invalid } from "#server/errors.ts";
import { readDefaults } from "./agency-defaults.ts";
import type { CreateClient } from "./schemas.ts";

/**
 * Takes a client in: `onboarding`, with its schedules, which wait for their connections. `conflict` on `id` where the
 * slug (made of the name where none is given) is taken, or was a client's who has ended: its receipt names it. Its row is in the directory and its schedules in its own
 * D1, so that these are two writes; schedules that were lost in between are made with its first connection. Its owner is invited
 * by mail where an address is given. `origin` names the account that it is made from, or the request that it was asked for by. A currency or time zone that is given was
 * chosen by a person, unless an account brought it; one that is not is its shop's as soon as that connects. `provided` is SQL at the
 * directory: where it does not hold nothing is made, which is a `conflict` on `id` too.
 */
export async function createClient(
  ctx: Ctx,
  { ownerEmail, ...input }: CreateClient & { origin?: string },
  { provided = sql`true` }: { provided?: SQL } = {},
): Promise<Tenant> {
  requireAgency(ctx);
  const id = input.id ?? slugOf(input.name);
  if (id === null) throw invalid("id", "client_id_wrong");
  const now = ctx.now();
  const [ended] = await ctx.directory.select({ id: deletions.id }).from(deletions).where(eq(deletions.ofTenant, id)).limit(1);
  if (ended) throw conflict("client_id_ended", {}, { field: "id" });
  const defaults = await readDefaults(ctx);
  const tenant = await insertTenant(ctx, provided, {
    ...input,
    id,
    locale: input.locale ?? defaults.locale,
    currency: input.currency ?? defaults.currency,
    timezone: input.timezone ?? defaults.timezone,
    ...chosenIn(input),
    source: sourceOf(ctx, input.origin),
    status: "onboarding",
    features: {},
    place: ctx.config.NEW_CLIENTS_PLACE,
    createdAt: now,
    updatedAt: now,
  });
  if (!tenant) throw conflict("client_id_taken", {}, { field: "id" });
  const tenantCtx = enterTenant(ctx, tenant, "staff");
  await commit(
    tenantCtx,
    "client.created",
    { id: tenant.id, plan: tenant.plan, vertical: tenant.vertical },
    scheduleStatements(tenantCtx, { connections: [] }),
  );
  if (ownerEmail !== undefined) await invite(tenantCtx, { email: ownerEmail, role: "owner" });
  return tenant;
}

/** Answers its row, or undefined where its id or its origin is another's, or `provided` does not hold. One that stands although D1's reply to its writing was lost is its own. */
async function insertTenant(
  { directory }: Ctx,
  provided: SQL,
  row: typeof tenants.$inferInsert & { createdAt: number },
): Promise<Tenant | undefined> {
  let isLost = false;
  return tryAgain(
    async () => {
      const [made] = await directory
        .insert(tenants)
        .select(rowIf(tenants, row, provided))
        .onConflictDoNothing()
        .returning();
      if (made || !isLost) return made;
      const [own] = await directory
        .select()
        .from(tenants)
        .where(and(eq(tenants.id, row.id), eq(tenants.createdAt, row.createdAt)));
      return own;
    },
    (error) => {
      isLost ||= isPassing(error);
      return isPassing(error);
    },
  );
}

/** The origin of a client that was asked for: no provider is called so. */
export const originOf = (workspaceRequestId: string) => `request:${workspaceRequestId}`;

/** The provider of the account that it is made from; else by hand, or by a script of the agency's. */
function sourceOf({ actor }: Ctx, origin: string | undefined): string {
  const [from] = origin?.split(":") ?? [];
  if (from !== undefined && from !== "request") return from;
  return actor.type === "system" ? "script" : "manual";
}

const chosenIn = ({ origin, currency, timezone }: CreateClient & { origin?: string }) => ({
  currencyChosen: origin === undefined && typeof currency === "string",
  timezoneChosen: origin === undefined && typeof timezone === "string",
});
