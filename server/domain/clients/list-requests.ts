import { desc, isNull, sql } from "drizzle-orm";
import { workspaceRequests } from "#db/schema/index.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";
import { signUpIsOpen } from "./request-workspace.ts";

const mostShown = 100;

/** Who asked for a workspace: those that wait first, the newest first. `slug`: an id that the client could have. */
export async function listRequests(ctx: Ctx) {
  requireStaff(ctx);
  const rows = await ctx.directory
    .select()
    .from(workspaceRequests)
    .orderBy(sql`${workspaceRequests.decision} is not null`, desc(workspaceRequests.createdAt))
    .limit(mostShown);
  const names = await actorNames(
    ctx,
    rows.flatMap(({ decidedBy }) => decidedBy ?? []),
    "staff",
  );
  return rows.map(({ decidedBy, ...row }) => ({
    ...row,
    slug: slugOf(row.company),
    decidedBy: decidedBy === null ? null : (names.get(decidedBy) ?? decidedBy),
  }));
}

/** How many wait; null where nobody may ask. */
export async function countRequests(ctx: Ctx): Promise<number | null> {
  requireStaff(ctx);
  if (!signUpIsOpen(ctx)) return null;
  return ctx.directory.$count(workspaceRequests, isNull(workspaceRequests.decision));
}
