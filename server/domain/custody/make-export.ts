import { and, asc, eq, getTableColumns, gte, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { dataExports, exportChunks, users } from "#db/schema/index.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { headQuery } from "#server/domain/audit/append.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/members/at-directory.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import { byteOrderMark, csvLine } from "./csv.ts";
import { type ExportPart, exportParts } from "./export-parts.ts";
import { exportKeptMs } from "./schemas.ts";
import { type ZippedFile, ZipStream } from "./zip-stream.ts";

/** Tries before an export is given up. */
const maxAttempts = 3;
/** Longer than an invocation of a queue may last (15 minutes). */
const leaseMs = 16 * 60_000;
const pageRows = 2000;
/** A row of D1 holds 2 MB; what is read of one comes as JSON, three times as long. */
const pieceBytes = 900_000;

/**
 * Makes an export that waits: reads every table of the tenant page by page and keeps the zip in pieces. Twice at once it is
 * made once; a try that was overtaken writes nothing more. Throws what went wrong, so that the queue tries again; after three
 * tries the export has failed.
 */
export async function makeExport(outer: Ctx, { tenant, exportId }: { tenant: string; exportId: string }): Promise<void> {
  const found = await ifFound(findTenant(outer, tenant));
  // Erased while it waited: a message that went on would end as a letter that names the client again.
  if (!found) return;
  const ctx = enterTenant({ ...outer, actor: { type: "system", job: "export" } }, found, "system");
  const attempt = await claim(ctx, exportId);
  if (attempt === null) return;
  try {
    await write(ctx, { exportId, attempt });
  } catch (error) {
    await giveUp(ctx, { exportId, attempt });
    throw error;
  }
}

const mine = (ctx: TenantCtx, { exportId, attempt }: { exportId: string; attempt: number }): SQL =>
  inTenant(ctx, dataExports, eq(dataExports.id, exportId), eq(dataExports.status, "waiting"), eq(dataExports.attempts, attempt));

/** The number of this try, or null where somebody is at it, or it is done. Pieces of a try before are dropped. */
async function claim(ctx: TenantCtx, exportId: string): Promise<number | null> {
  const now = ctx.now();
  const free = sql`(${dataExports.leaseUntil} is null or ${dataExports.leaseUntil} <= ${now})`;
  const waits = inTenant(ctx, dataExports, eq(dataExports.id, exportId), eq(dataExports.status, "waiting"), free);
  const [, [claimed]] = await ctx.db.batch([
    // Whoever was at the last try died of it.
    ctx.db
      .update(dataExports)
      .set({ status: "failed", leaseUntil: null })
      .where(and(waits, gte(dataExports.attempts, maxAttempts))),
    ctx.db
      .update(dataExports)
      .set({ attempts: sql`${dataExports.attempts} + 1`, leaseUntil: now + leaseMs })
      .where(waits)
      .returning({ attempts: dataExports.attempts }),
  ]);
  if (!claimed) return null;
  await ctx.db.delete(exportChunks).where(inTenant(ctx, exportChunks, eq(exportChunks.exportId, exportId)));
  return claimed.attempts;
}

/** The lease is given back, or the export has failed where this was the last try. */
async function giveUp(ctx: TenantCtx, claimed: { exportId: string; attempt: number }): Promise<void> {
  const failed = claimed.attempt >= maxAttempts;
  await ctx.db
    .update(dataExports)
    .set({ leaseUntil: null, ...(failed && { status: "failed" as const }) })
    .where(mine(ctx, claimed));
}

async function write(ctx: TenantCtx, claimed: { exportId: string; attempt: number }): Promise<void> {
  const at = ctx.now();
  const zip = new ZipStream({ at, pieceBytes, put: (bytes, seq) => keepPiece(ctx, claimed, { bytes, seq }) });
  const files: ZippedFile[] = [await zip.add("tenant.json", once(json(tenantFacts(ctx)), 1))];
  for (const part of exportParts) files.push(await zip.add(part.file, textsOf(ctx, part)));
  const [head] = await headQuery(ctx.db, ctx.tenant.id);
  const manifest = {
    format: 1,
    tenant: ctx.tenant.id,
    exportedAt: iso(at),
    files,
    auditHead: head ?? null,
    notes: [
      "Instants are UTC, in ISO 8601. Amounts are in minor units of their currency. Days are of the shop's own calendar.",
      "CSV is UTF-8 with a byte order mark. Text that a spreadsheet would take for a formula begins with an apostrophe.",
      "sha256 is of each file as it is unpacked.",
      "Each line of audit_log.json that has a seq has the hash SHA-256(JSON [previous hash, id, at, tenantId, actorType, actorId, action, details, ip]), at in milliseconds, keys sorted, in order of seq; auditHead is the last one.",
      "Secrets are not in here, sealed or not.",
    ],
  };
  await zip.add("manifest.json", once(json(manifest), 0));
  await zip.end();
  const contents = Object.fromEntries(files.map(({ name, rows }) => [name, rows]));
  const now = ctx.now();
  await commitIf(
    ctx,
    sql`exists (select 1 from ${dataExports} where ${mine(ctx, claimed)})`,
    "export.made",
    { export: claimed.exportId, bytes: zip.bytes },
    [
      ctx.db
        .update(dataExports)
        .set({ status: "ready", doneAt: now, expiresAt: now + exportKeptMs, bytes: zip.bytes, contents, leaseUntil: null })
        .where(mine(ctx, claimed)),
    ],
  );
}

async function keepPiece(
  ctx: TenantCtx,
  claimed: { exportId: string; attempt: number },
  { bytes, seq }: { bytes: Uint8Array; seq: number },
): Promise<void> {
  const kept = await ctx.db
    .insert(exportChunks)
    .select(
      rowIf(
        exportChunks,
        { tenantId: ctx.tenant.id, exportId: claimed.exportId, seq, bytes: sql`${bytes}` },
        sql`exists (select 1 from ${dataExports} where ${mine(ctx, claimed)})`,
      ),
    )
    .returning({ seq: exportChunks.seq });
  if (kept.length === 0) throw new Error("another try of this export has begun");
}

/** Its own row, without what only the engine reads. */
const tenantFacts = ({ tenant: { catalog: _, ...tenant } }: TenantCtx) =>
  Object.fromEntries(Object.entries(tenant).map(([name, value]) => [name, outward(name, value)]));

async function* once(text: string, rows: number) {
  yield { text, rows };
}

/** The text of a file, a page of rows at a time. */
async function* textsOf(ctx: TenantCtx, part: ExportPart): AsyncGenerator<{ text: string; rows: number }> {
  const csv = part.file.endsWith(".csv");
  const columns = columnsOf(part);
  yield { text: csv ? byteOrderMark + csvLine(columns) : "[", rows: 0 };
  let first = true;
  for await (const page of pagesOf(ctx, part)) {
    const rows = await outwardRows(ctx, part, page);
    const text = csv
      ? rows.map((row) => csvLine(columns.map((column) => row[column]))).join("")
      : rows.map((row, at) => `${first && at === 0 ? "\n" : ",\n"}${JSON.stringify(row)}`).join("");
    first = false;
    yield { text, rows: rows.length };
  }
  if (!csv) yield { text: "\n]\n", rows: 0 };
}

/** Its columns by name; the tenant is the same in all. */
const columnsOf = ({ table, without = [], file }: ExportPart): string[] =>
  Object.keys(getTableColumns(table)).filter((name) => !without.includes(name) && (name !== "tenantId" || file === "audit_log.json"));

/** Pages in order of the key, each beginning behind the one before it, so that no page costs more than another. */
async function* pagesOf(ctx: TenantCtx, { table, key, atDirectory: inDirectory }: ExportPart): AsyncGenerator<Record<string, unknown>[]> {
  const db: Db = inDirectory ? atDirectory(ctx).db : ctx.db;
  const columns = getTableColumns(table);
  const keyColumns = key.map((name) => columns[name]).filter((column) => column !== undefined);
  let last: Record<string, unknown> | undefined;
  for (;;) {
    const from: Record<string, unknown> | undefined = last;
    const values = key.map((name) => sql`${from?.[name]}`);
    const behind = from && sql`(${sql.join(keyColumns, sql`, `)}) > (${sql.join(values, sql`, `)})`;
    const page: Record<string, unknown>[] = await db
      .select()
      .from(table)
      .where(and(eq(table.tenantId, ctx.tenant.id), behind))
      .orderBy(...keyColumns.map((column) => asc(column)))
      .limit(pageRows);
    if (page.length > 0) yield page;
    if (page.length < pageRows) return;
    last = page.at(-1);
  }
}

/** Rows as they go out: columns of ours left out, instants readable, people by name. */
async function outwardRows(ctx: TenantCtx, part: ExportPart, page: readonly Record<string, unknown>[]): Promise<Record<string, unknown>[]> {
  const columns = columnsOf(part);
  const rows: Record<string, unknown>[] = page.map((row) => Object.fromEntries(columns.map((name) => [name, outward(name, row[name])])));
  if (part.file === "audit_log.json") {
    const names = await actorNames(
      ctx,
      page.map(({ actorId }) => (typeof actorId === "string" ? actorId : null)),
    );
    // The hash is over the instant as a number.
    return rows.map((row, at) => ({ ...row, at: page[at]?.at, time: row.at, actorName: names.get(String(row.actorId)) ?? null }));
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
const outward = (name: string, value: unknown) => (typeof value === "number" && isInstant(name) ? iso(value) : value);
const iso = (at: number) => new Date(at).toISOString();
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
