import { and, desc, eq, lt } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#db/client.ts";
import { auditLog, users } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { actorNames } from "./actor-names.ts";

const Page = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export const ListAudit = Page.extend({ action: z.string().max(80).optional() });
export type ListAudit = z.infer<typeof ListAudit>;
export const ListAllAudit = ListAudit.extend({
  tenantId: z.string().max(60).optional(),
  actorId: z.string().max(254).optional().describe("A person's id or address, or a job's id."),
});
export type ListAllAudit = z.infer<typeof ListAllAudit>;

export type AuditLine = typeof auditLog.$inferSelect;
/** `actorName` is the person's, where a person acted. */
export type NamedAuditLine = AuditLine & { actorName: string | null };
export interface AuditPage<L extends AuditLine = AuditLine> {
  items: L[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** What was done in this tenant, newest first. */
export async function listAudit(ctx: TenantCtx, asked: ListAudit): Promise<AuditPage> {
  return pageOf(await read(ctx.db, { ...asked, tenantId: ctx.tenant.id }), asked.limit);
}

/** What was done anywhere, newest first, for the agency's admins. `tenantId` "" is what concerns no tenant. */
export async function listAllAudit(ctx: Ctx, asked: ListAllAudit): Promise<AuditPage<NamedAuditLine>> {
  const databases = acrossTenants(ctx);
  const actorId = asked.actorId?.includes("@") ? await userIdOf(ctx, asked.actorId) : asked.actorId;
  const found = await Promise.all(databases.map(({ db }) => read(db, { ...asked, actorId })));
  const { items, next } = pageOf(
    found.flat().sort((a, b) => (a.id < b.id ? 1 : -1)),
    asked.limit,
  );
  const names = await actorNames(
    ctx,
    items.map((line) => line.actorId),
  );
  return { next, items: items.map((line) => ({ ...line, actorName: names.get(line.actorId ?? "") ?? null })) };
}

/** An address of nobody stays as it is: nothing was done by it. */
async function userIdOf(ctx: Ctx, email: string): Promise<string> {
  const [person] = await ctx.directory.select({ id: users.id }).from(users).where(eq(users.email, email.trim().toLowerCase()));
  return person?.id ?? email;
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
