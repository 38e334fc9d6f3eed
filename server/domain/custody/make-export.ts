import { and, eq, gte, type SQL, sql } from "drizzle-orm";
import { batchOf, type Statement } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { dataExports, exportChunks } from "#db/schema/index.ts";
import type { ExportProgress } from "#db/words/custody.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { linkLines } from "#server/domain/audit/link-lines.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import { closing, type ExportPage, opening, outward, readExportPage } from "./export-pages.ts";
import { type ExportPart, partsOf } from "./export-parts.ts";
import { exportKeptMs } from "./schemas.ts";
import { emptyZip, ZipWriter } from "./zip-writer.ts";

/** Tries of one step before an export is given up. */
const maxAttempts = 3;
/** Longer than an invocation of a queue may last (15 minutes). */
const leaseMs = 16 * 60_000;
/** What one message does, about a second of work: others' exports, and what else the isolate has to do, come in between. */
const perStep = { rows: 20_000, bytes: 4_000_000, ms: 20_000 };
/** A row of D1 holds 2 MB; what is read of one comes as JSON, three times as long. */
const pieceBytes = 900_000;

/** Whoever holds the export: all that they write is joined to their lease. */
interface Held {
  exportId: string;
  leaseUntil: number;
  progress: ExportProgress;
}

/**
 * Goes on with an export that waits, for one step: reads the tenant's tables page by page, and keeps the zip in pieces, each in one
 * batch with where to go on from; then a further message does the next step. Killed anywhere, the next one goes on from the last
 * piece, with no row twice and none left out. Twice at once one does nothing; who was overtaken writes nothing more. Throws what went
 * wrong, so that the queue tries again; after three tries of one step the export has failed.
 */
export async function makeExport(outer: Ctx, { tenant, exportId }: { tenant: string; exportId: string }): Promise<void> {
  const found = await ifFound(findTenant(outer, tenant));
  // Erased while it waited: a message that went on would end as a letter that names the client again.
  if (!found) return;
  const ctx = enterTenant({ ...outer, actor: { type: "system", job: "export" } }, found, "system");
  const held = await claim(ctx, exportId);
  if (held === null) return;
  try {
    await takeStep(ctx, held);
  } catch (error) {
    await giveUp(ctx, held);
    throw error;
  }
}

const mine = (ctx: TenantCtx, { exportId, leaseUntil }: Pick<Held, "exportId" | "leaseUntil">): SQL =>
  inTenant(ctx, dataExports, eq(dataExports.id, exportId), eq(dataExports.status, "waiting"), eq(dataExports.leaseUntil, leaseUntil));

/** Null where somebody is at it, or it is done. */
async function claim(ctx: TenantCtx, exportId: string): Promise<Held | null> {
  const now = ctx.now();
  const leaseUntil = now + leaseMs;
  const free = sql`(${dataExports.leaseUntil} is null or ${dataExports.leaseUntil} <= ${now})`;
  const waits = inTenant(ctx, dataExports, eq(dataExports.id, exportId), eq(dataExports.status, "waiting"), free);
  const [, [claimed]] = await ctx.db.batch([
    // Whoever was at the last try died of it.
    ctx.db
      .update(dataExports)
      .set({ status: "failed", leaseUntil: null, progress: null })
      .where(and(waits, gte(dataExports.attempts, maxAttempts))),
    ctx.db
      .update(dataExports)
      .set({ attempts: sql`${dataExports.attempts} + 1`, leaseUntil })
      .where(waits)
      .returning({ progress: dataExports.progress }),
  ]);
  if (!claimed) return null;
  const progress = claimed.progress ?? { at: now, seq: 0, behind: null, head: null, zip: emptyZip };
  // Of an export that begins anew, since somebody who was in it is to be forgotten.
  if (!claimed.progress) await ctx.db.delete(exportChunks).where(inTenant(ctx, exportChunks, eq(exportChunks.exportId, exportId)));
  return { exportId, leaseUntil, progress };
}

/** The lease is given back, or the export has failed where this was the last try. */
async function giveUp(ctx: TenantCtx, held: Held): Promise<void> {
  const failed = sql`${dataExports.attempts} >= ${maxAttempts}`;
  await ctx.db
    .update(dataExports)
    .set({ leaseUntil: null, status: sql`iif(${failed}, 'failed', ${dataExports.status})` })
    .where(mine(ctx, held));
}

/** What is left of a step's time and work. */
interface Budget {
  rows: number;
  bytes: number;
  until: number;
}

async function takeStep(ctx: TenantCtx, held: Held): Promise<void> {
  const { progress } = held;
  const zip = new ZipWriter(progress.zip, progress.at);
  const budget = { rows: perStep.rows, bytes: perStep.bytes, until: ctx.now() + perStep.ms };
  if (zip.files.length === 0 && !zip.open) addFile(zip, "tenant.json", { text: json(tenantFacts(ctx)), rows: 1 });
  const done = new Set(zip.files.map(({ name }) => name));
  for (const part of partsOf(ctx.tenant).filter(({ file }) => !done.has(file))) {
    if (!(await addPart(ctx, { held, zip, budget }, part))) return goOnLater(ctx, held, zip);
  }
  await finish(ctx, held, zip);
}

/** Writes a table's file, or goes on with it. Answers whether it is whole: false where the step is over before. */
async function addPart(
  ctx: TenantCtx,
  { held, zip, budget }: { held: Held; zip: ZipWriter; budget: Budget },
  part: ExportPart,
): Promise<boolean> {
  const { progress } = held;
  if (!zip.open) {
    // Lines that wait for their place in the chain get it now, so that the file proves itself.
    if (part.file === "audit_log.json") await linkLines(ctx, ctx.db, ctx.tenant.id);
    zip.begin(part.file);
    zip.write(opening(part), 0);
    progress.behind = null;
  }
  for (;;) {
    const page = await readExportPage(ctx, part, { behind: progress.behind, first: zip.open?.rows === 0 });
    zip.write(page.text, page.rows);
    progress.behind = page.last;
    progress.head = laterHead(progress.head, page.head);
    budget.rows -= page.rows;
    budget.bytes -= page.text.length;
    if (page.last === null) break;
    if (budget.rows <= 0 || budget.bytes <= 0 || ctx.now() >= budget.until) return false;
    if (zip.waiting >= pieceBytes) await keep(ctx, held, zip, {});
  }
  zip.write(closing(part), 0);
  zip.end();
  return true;
}

const laterHead = (one: ExportPage["head"], other: ExportPage["head"]) => ((other?.seq ?? 0) > (one?.seq ?? 0) ? other : one);

function addFile(zip: ZipWriter, name: string, { text, rows }: { text: string; rows: number }): void {
  zip.begin(name);
  zip.write(text, rows);
  zip.end();
}

/** The lease goes first: the message may arrive before its sending is answered. */
async function goOnLater(ctx: TenantCtx, held: Held, zip: ZipWriter): Promise<void> {
  await keep(ctx, held, zip, { leaseUntil: null, attempts: 0, sentAt: ctx.now() });
  await ctx.send.tasks([{ v: 1, type: "export", tenant: ctx.tenant.id, export: held.exportId }]);
}

/** What was written since it was last kept, and where to go on from, in one batch: both, or none where another one has the lease. */
async function keep(ctx: TenantCtx, held: Held, zip: ZipWriter, change: Partial<typeof dataExports.$inferInsert>): Promise<void> {
  const pieces = piecesOf(ctx, held, zip.take());
  Object.assign(held.progress, { seq: held.progress.seq + pieces.length, zip: zip.state });
  const going = ctx.db
    .update(dataExports)
    .set({ progress: held.progress, ...change })
    .where(mine(ctx, held))
    .returning({ id: dataExports.id });
  const results = await batchOf(ctx.db, [...pieces, going]);
  if (!wrote(results.at(-1))) throw new Error("another try of this export has begun");
}

function piecesOf(ctx: TenantCtx, held: Held, bytes: Uint8Array): Statement[] {
  const { exportId, progress } = held;
  const lease = sql`exists (select 1 from ${dataExports} where ${mine(ctx, held)})`;
  return Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) => {
    const piece = bytes.slice(at * pieceBytes, (at + 1) * pieceBytes);
    return ctx.db
      .insert(exportChunks)
      .select(rowIf(exportChunks, { tenantId: ctx.tenant.id, exportId, seq: progress.seq + at, bytes: sql`${piece}` }, lease));
  });
}

async function finish(ctx: TenantCtx, held: Held, zip: ZipWriter): Promise<void> {
  const { progress, exportId } = held;
  const { files } = zip;
  const manifest = {
    format: 1,
    tenant: ctx.tenant.id,
    exportedAt: new Date(progress.at).toISOString(),
    files,
    auditHead: progress.head,
    notes,
  };
  addFile(zip, "manifest.json", { text: json(manifest), rows: 0 });
  zip.close();
  const { offset: bytes } = zip.state;
  const now = ctx.now();
  const ready = { status: "ready" as const, doneAt: now, expiresAt: now + exportKeptMs, bytes, leaseUntil: null, progress: null };
  const made = await commitIf(
    ctx,
    sql`exists (select 1 from ${dataExports} where ${mine(ctx, held)})`,
    "export.made",
    { export: exportId, bytes },
    [
      ...piecesOf(ctx, held, zip.take()),
      ctx.db
        .update(dataExports)
        .set({ ...ready, contents: Object.fromEntries(files.map(({ name, rows }) => [name, rows])) })
        .where(mine(ctx, held))
        .returning({ id: dataExports.id }),
    ],
  );
  if (!wrote(made.at(-1))) throw new Error("another try of this export has begun");
}

const notes = [
  "Instants are UTC, in ISO 8601. Amounts are in minor units of their currency. Days are of the shop's own calendar.",
  "CSV is UTF-8 with a byte order mark. Text that a spreadsheet would take for a formula begins with an apostrophe.",
  "sha256 is of each file as it is unpacked.",
  "Each line of audit_log.json that has a seq has the hash SHA-256(JSON [previous hash, id, at, tenantId, actorType, actorId, action, details, ip]), at in milliseconds, keys sorted, in order of seq; auditHead is the last one.",
  "From where the agency's admins worked is not given: of their lines ip is null, while their hash was made with what it was.",
  "A run's errorMessage and a message of run_logs.json are codes where params stand beside them, which are what the code is about; else they are text.",
  "Secrets are not in here, sealed or not.",
];

/** Its own row, without what only the engine reads and what is the agency's own. */
const tenantFacts = ({ tenant: { catalog: _, origin: __, source: ___, tags: ____, ...tenant } }: TenantCtx) =>
  Object.fromEntries(Object.entries(tenant).map(([name, value]) => [name, outward(name, value)]));

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
