import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import { findings, tenants } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, requireStaff } from "#server/ctx.ts";
import { describeFinding } from "./describe-findings.ts";
import type { FindingPage, ListFindings } from "./schemas.ts";

/** What was found of all clients' automations, the newest first. For the agency's admins. */
export async function listFindings(ctx: Ctx, { state, kind, tenantId, limit, cursor }: ListFindings): Promise<FindingPage> {
  requireStaff(ctx);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select()
        .from(findings)
        .where(
          and(
            eq(findings.status, state),
            kind && eq(findings.kind, kind),
            tenantId === undefined ? undefined : eq(findings.tenantId, tenantId),
            cursor === undefined ? undefined : lt(findings.id, cursor),
          ),
        )
        .orderBy(desc(findings.id))
        .limit(limit + 1),
    ),
  );
  const rows = found.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
  const page = rows.slice(0, limit);
  const ids = JSON.stringify([...new Set(page.map((row) => row.tenantId))]);
  const clients = await ctx.directory
    .select({ id: tenants.id, name: tenants.name, currency: tenants.currency })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  return {
    items: page.map((row) =>
      describeFinding(
        row,
        clients.find(({ id }) => id === row.tenantId),
      ),
    ),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}
