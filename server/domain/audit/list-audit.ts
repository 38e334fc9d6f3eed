import { and, desc, eq, lt } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";

const Page = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export const ListAudit = Page.extend({ action: z.string().max(80).optional() });
export type ListAudit = z.infer<typeof ListAudit>;
export const ListAllAudit = ListAudit.extend({ tenantId: z.string().max(60).optional(), actorId: z.string().max(60).optional() });
export type ListAllAudit = z.infer<typeof ListAllAudit>;

export type AuditLine = typeof auditLog.$inferSelect;
export interface AuditPage {
  items: AuditLine[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** What was done in this tenant, newest first. */
export async function listAudit(ctx: TenantCtx, asked: ListAudit): Promise<AuditPage> {
  return pageOf(await read(ctx.db, { ...asked, tenantId: ctx.tenant.id }), asked.limit);
}

/** What was done anywhere, newest first, for the agency's admins. `tenantId` "" is what concerns no tenant. */
export async function listAllAudit(ctx: Ctx, asked: ListAllAudit): Promise<AuditPage> {
  const found = await Promise.all(acrossTenants(ctx).map(({ db }) => read(db, asked)));
  return pageOf(
    found.flat().sort((a, b) => (a.id < b.id ? 1 : -1)),
    asked.limit,
  );
}

/** Ids sort by time, so that the id of the last line is the place to go on from. */
const read = (db: Db, { cursor, limit, action, tenantId, actorId }: ListAllAudit): Promise<AuditLine[]> =>
  db
    .select()
    .from(auditLog)
    .where(
      and(
        tenantId === undefined ? undefined : eq(auditLog.tenantId, tenantId),
        action ? eq(auditLog.action, action) : undefined,
        actorId ? eq(auditLog.actorId, actorId) : undefined,
        cursor ? lt(auditLog.id, cursor) : undefined,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit + 1);

function pageOf(lines: readonly AuditLine[], limit: number): AuditPage {
  const items = lines.slice(0, limit);
  return { items, next: lines.length > limit ? (items.at(-1)?.id ?? null) : null };
}
