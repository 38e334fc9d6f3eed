import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { auditLog, users } from "#db/schema/index.ts";
import { byteOrderMark, csvLine } from "#server/csv.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { findPeople, writerName } from "#server/domain/audit/actor-names.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import type { ExportPart } from "./export-parts.ts";

/** Rows read at once: some 40 ms of work, in which nothing else of the isolate goes on. */
const pageRows = 2000;

/** A page of a table as it goes into a file. */
export interface ExportPage {
  text: string;
  rows: number;
  /** The key of its last row, behind which the next page begins; null behind the last page. */
  last: ExportKey | null;
  /** Of the audit log: the last of its lines that have a place in the chain. */
  head: { seq: number; hash: string } | null;
}
export type ExportKey = Record<string, string | number>;

const isCsv = ({ file }: ExportPart) => file.endsWith(".csv");

/** What a file begins and ends with. */
export const opening = (part: ExportPart): string => (isCsv(part) ? byteOrderMark + csvLine(columnsOf(part)) : "[");
export const closing = (part: ExportPart): string => (isCsv(part) ? "" : "\n]\n");

/** The page behind a key, in order of the key, so that none costs more than another. `first`: no row stands before it in its file. */
export async function readExportPage(
  ctx: TenantCtx,
  part: ExportPart,
  { behind, first }: { behind: ExportKey | null; first: boolean },
): Promise<ExportPage> {
  const { table, key } = part;
  const db: Db = part.atDirectory ? atDirectory(ctx).db : ctx.db;
  const columns = getTableColumns(table);
  const keyColumns = key.map((name) => columns[name]).filter((column) => column !== undefined);
  const values = key.map((name) => sql`${behind?.[name]}`);
  const page: Record<string, unknown>[] = await db
    .select()
    .from(table)
    .where(
      and(eq(table.tenantId, ctx.tenant.id), behind ? sql`(${sql.join(keyColumns, sql`, `)}) > (${sql.join(values, sql`, `)})` : undefined),
    )
    .orderBy(...keyColumns.map((column) => asc(column)))
    .limit(pageRows);
  const rows = await outwardRows(ctx, part, page);
  const names = columnsOf(part);
  const end = page.length < pageRows ? undefined : page.at(-1);
  return {
    text: isCsv(part)
      ? rows.map((row) => csvLine(names.map((column) => row[column]))).join("")
      : rows.map((row, at) => `${first && at === 0 ? "\n" : ",\n"}${JSON.stringify(row)}`).join(""),
    rows: rows.length,
    last: end ? (Object.fromEntries(key.map((name) => [name, end[name]])) as ExportKey) : null,
    head: part.table === auditLog && !part.atDirectory ? headOf(page as AuditRow[]) : null,
  };
}

type AuditRow = typeof auditLog.$inferSelect;

const headOf = (page: readonly AuditRow[]) =>
  page.reduce<ExportPage["head"]>(
    (head, { seq, hash }) => (seq !== null && hash !== null && seq > (head?.seq ?? 0) ? { seq, hash } : head),
    null,
  );

/** Its columns by name; the tenant is the same in all. */
const columnsOf = ({ table, without, file }: ExportPart): string[] =>
  Object.keys(getTableColumns(table)).filter((name) => !without.includes(name) && (name !== "tenantId" || file === "audit_log.json"));

/** Rows as they go out: columns of ours left out, instants readable, people by name. */
async function outwardRows(ctx: TenantCtx, part: ExportPart, page: readonly Record<string, unknown>[]): Promise<Record<string, unknown>[]> {
  const columns = columnsOf(part);
  const rows: Record<string, unknown>[] = page.map((row) => Object.fromEntries(columns.map((name) => [name, outward(name, row[name])])));
  if (part.file === "audit_log.json") {
    const lines = page as AuditRow[];
    const people = await findPeople(
      ctx,
      lines.map(({ actorId }) => actorId),
    );
    return lines.map((line, at) => ({
      ...rows[at],
      // The hash is over the instant as a number.
      at: line.at,
      time: rows[at]?.at,
      actorName: writerName(people, line),
      ip: line.actorType === "staff" ? null : line.ip,
    }));
  }
  if (part.file !== "members.json") return rows;
  const ids = JSON.stringify(page.map(({ userId }) => userId));
  const people = await ctx.directory
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(sql`${users.id} in (select value from json_each(${ids}))`);
  const known = new Map(people.map(({ id, name, email }) => [id, { name, email }]));
  return rows.map((row) => ({ ...row, ...known.get(String(row.userId)) }));
}

const isInstant = (name: string) => /^(at|slot)$|(At|Until)$/.test(name);
/** A value as it is read outside: instants in ISO 8601. */
export const outward = (name: string, value: unknown) =>
  typeof value === "number" && isInstant(name) ? new Date(value).toISOString() : value;
