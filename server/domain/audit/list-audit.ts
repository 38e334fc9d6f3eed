import { and, desc, eq, gte, lt } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { auditLog, users } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { clientNames } from "#server/domain/tenancy/client-names.ts";
import { planOf } from "#server/domain/tenancy/plans.ts";
import { Pasted } from "#server/domain/tenancy/schemas.ts";
import { newId } from "#server/ids.ts";
import { findPeople, readerOf, writerName } from "./actor-names.ts";

const Page = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export const ListAudit = Page.extend({ action: Pasted.max(80).optional() });
export type ListAudit = z.infer<typeof ListAudit>;
export const ListAllAudit = ListAudit.extend({
  tenantId: Pasted.max(60).optional(),
  actorId: Pasted.max(254).optional().describe("A person's id or address, or a job's id."),
});
export type ListAllAudit = z.infer<typeof ListAllAudit>;

export type AuditLine = typeof auditLog.$inferSelect;
/** `actorName` is the person's, where a person acted, and to a client's people "the agency" for who was one of its admins then; `about` the provider and account that it was done to, as people call them. */
export type NamedAuditLine = AuditLine & { actorName: string | null; about: string | null };
export interface AuditPage {
  items: NamedAuditLine[];
  /** What the people are called whom the details of these lines name, by their ids. */
  people: Record<string, string>;
  /** What the clients are called whose lines an admin of the agency reads, by their ids. */
  clients: Record<string, string>;
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

const dayMs = 86_400_000;

/** What was done in this tenant, newest first, as far back as its plan shows it to its own people. */
export async function listAudit(ctx: TenantCtx, asked: ListAudit): Promise<AuditPage> {
  const { auditDays } = planOf(ctx.tenant);
  const since = auditDays === null || ctx.role === "staff" ? undefined : ctx.now() - auditDays * dayMs;
  const own = { ...asked, tenantId: ctx.tenant.id, since };
  const found = await Promise.all(logsOf(ctx).map((db) => read(db, own)));
  return { ...(await named(ctx, pageOf(newestFirst(found.flat()), asked.limit))), clients: {} };
}

/** What was done anywhere, newest first, for the agency's admins. `tenantId` "" is what concerns no tenant. */
export async function listAllAudit(ctx: Ctx, asked: ListAllAudit): Promise<AuditPage> {
  const databases = acrossTenants(ctx);
  const actorId = asked.actorId?.includes("@") ? await userIdOf(ctx, asked.actorId) : asked.actorId;
  const found = await Promise.all(databases.map(({ db }) => read(db, { ...asked, actorId })));
  const page = pageOf(newestFirst(found.flat()), asked.limit);
  const [lines, clients] = await Promise.all([
    named(ctx, page),
    clientNames(
      ctx,
      page.items.map(({ tenantId }) => tenantId),
    ),
  ]);
  return { ...lines, clients: Object.fromEntries(clients) };
}

/** Where lines of a client are: with its rows, and at the directory what was done to rows there. */
const logsOf = (ctx: TenantCtx): Db[] => (ctx.tenant.place === "DB" ? [ctx.db] : [ctx.db, atDirectory(ctx).db]);

/** Ids sort by time. */
const newestFirst = (lines: AuditLine[]): AuditLine[] => lines.sort((a, b) => (a.id < b.id ? 1 : -1));

const userId = /^usr_\w+$/;

async function named(ctx: Ctx, { items, next }: { items: AuditLine[]; next: string | null }): Promise<Omit<AuditPage, "clients">> {
  const told = items.flatMap(({ details }) =>
    Object.values(details).filter((value): value is string => typeof value === "string" && userId.test(value)),
  );
  const people = await findPeople(ctx, [...items.map(({ actorId }) => actorId), ...told]);
  return {
    next,
    items: items.map((line) => ({
      ...line,
      // From where an admin of the agency worked is not for the client either.
      ip: line.actorType === "staff" && readerOf(ctx) !== "staff" ? null : line.ip,
      // Lines of older sign-ins were written as nobody's; they name whom it became.
      actorName:
        writerName(people, line) ?? (line.action === "session.started" ? (people.get(String(line.details.user))?.here ?? null) : null),
      about: aboutOf(line),
    })),
    people: Object.fromEntries([...people].map(([id, { here }]) => [id, here])),
  };
}

function aboutOf({ details: { provider, account } }: AuditLine): string | null {
  const told = [typeof provider === "string" ? providerName(provider) : null, typeof account === "string" ? account : null];
  return told.filter(Boolean).join(", ") || null;
}

/** An address of nobody stays as it is: nothing was done by it. */
async function userIdOf(ctx: Ctx, email: string): Promise<string> {
  const [person] = await ctx.directory.select({ id: users.id }).from(users).where(eq(users.email, email.trim().toLowerCase()));
  return person?.id ?? email;
}

/** Ids sort by time, so that the id of the last line is the place to go on from. */
const read = (
  db: Db,
  { cursor, limit, action, tenantId, actorId, since }: ListAllAudit & { since?: number | undefined },
): Promise<AuditLine[]> =>
  db
    .select()
    .from(auditLog)
    .where(
      and(
        tenantId === undefined ? undefined : eq(auditLog.tenantId, tenantId),
        action ? eq(auditLog.action, action) : undefined,
        actorId ? eq(auditLog.actorId, actorId) : undefined,
        cursor ? lt(auditLog.id, cursor) : undefined,
        since === undefined ? undefined : gte(auditLog.id, newId("aud", since, new Uint8Array(10))),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit + 1);

function pageOf(lines: readonly AuditLine[], limit: number): { items: AuditLine[]; next: string | null } {
  const items = lines.slice(0, limit);
  return { items, next: lines.length > limit ? (items.at(-1)?.id ?? null) : null };
}
