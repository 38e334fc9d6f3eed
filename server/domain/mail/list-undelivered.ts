import { desc, sql } from "drizzle-orm";
import { undeliveredMails } from "#db/schema/index.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { mailOutcome } from "#server/domain/notices/mail-outcome.ts";
import { clientNames } from "#server/domain/tenancy/client-names.ts";
import type { ListUndelivered } from "./schemas.ts";

/** The last mails that reached nobody for certain, newest first, with the words of who did not take them. For staff. */
export async function listUndelivered(ctx: Ctx, { cursor, limit }: ListUndelivered) {
  requireStaff(ctx);
  const [at = "", id = ""] = cursor?.split("/") ?? [];
  const rows = await ctx.directory
    .select()
    .from(undeliveredMails)
    .where(cursor === undefined ? undefined : sql`(${undeliveredMails.at}, ${undeliveredMails.id}) < (${Number(at)}, ${id})`)
    .orderBy(desc(undeliveredMails.at), desc(undeliveredMails.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const names = await clientNames(
    ctx,
    items.map(({ ofTenant }) => ofTenant),
  );
  return {
    items: items.map(({ fate, ...row }) => ({
      ...row,
      tenantName: names.get(row.ofTenant ?? "") ?? null,
      outcome: mailOutcome({ fate, at: row.at }, ctx.now()),
    })),
    next: last ? `${last.at}/${last.id}` : null,
  };
}
