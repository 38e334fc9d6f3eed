import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { eq, getTableName, sql } from "drizzle-orm";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, dataExports, exportChunks, measurements, orders, secrets } from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import { csvLine } from "#server/csv.ts";
import type { Tenant } from "#server/ctx.ts";
import { type AuditRow, lineHash } from "#server/domain/audit/chain.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { downloadExport } from "#server/domain/custody/download-export.ts";
import { exportParts, notExported } from "#server/domain/custody/export-parts.ts";
import { listExports } from "#server/domain/custody/list-exports.ts";
import { makeExport } from "#server/domain/custody/make-export.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { exportKeptMs } from "#server/domain/custody/schemas.ts";
import { sweepExports } from "#server/domain/custody/sweep-exports.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeBelongings } from "#test/contracts/belongings.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import { buildJobCtx } from "#workers/build-ctx.ts";

const db = openDb(testEnv.DB);
const jobs = (now?: () => number) => testCtx({ actor: { type: "system", job: "test" }, ...(now && { now }) });
const rowOf = async (id: string) => (await db.select().from(dataExports).where(eq(dataExports.id, id)))[0];
const piecesOf = (id: string) => db.select().from(exportChunks).where(eq(exportChunks.exportId, id)).orderBy(exportChunks.seq);

async function asked(tenant: Tenant, now?: () => number) {
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = testTenantCtx(tenant, "owner", { actor, ...(now && { now }) });
  const { id: exportId } = await requestExport(ctx);
  return { ctx, actor, token, exportId };
}

async function unzipped(body: Response): Promise<Record<string, string>> {
  const files = unzipSync(new Uint8Array(await body.arrayBuffer()));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

describe("all that a client has", () => {
  test("comes as one zip of JSON and CSV, with people by name, readable instants and a manifest of counts and hashes", async () => {
    const { tenant, marker, owner } = await makeBelongings("export-marker");
    const [sealed] = await db.select().from(secrets).where(eq(secrets.tenantId, tenant.id));
    await commit(testTenantCtx(tenant), "user.updated", { b: 1, a: "é" }, []);
    const { ctx, token, exportId } = await asked(tenant);
    expect(ctx.traces.tasks).toEqual([{ v: 1, type: "export", tenant: tenant.id, export: exportId }]);
    await makeExport(jobs(), { tenant: tenant.id, exportId });

    const response = await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="t-[\w-]+\.zip"$/);
    const files = await unzipped(response);
    expect(Object.keys(files)).toEqual(["tenant.json", ...exportParts.map(({ file }) => file), "manifest.json"]);

    const all = Object.values(files).join("\n");
    expect(all).not.toContain(sealed?.sealed);
    expect(all).not.toMatch(/a1\.\d+\.|w1\.|sealed"|wrapped"|"lease/);
    expect(JSON.parse(files["members.json"] ?? "")).toContainEqual(
      expect.objectContaining({ name: `Person ${marker}`, email: owner.email, role: "owner" }),
    );
    expect(JSON.parse(files["runs.json"] ?? "")).toEqual([
      expect.objectContaining({ status: "dead", slot: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }),
    ]);
    expect(files["orders.csv"]?.split("\r\n")).toHaveLength(3);
    expect(files["orders.csv"]).toMatch(/^connectionId,externalId,/);
    expect(files["measurements.csv"]).toContain(marker);
    const nameless = ["runs.json", "members.json", "schedules.json"];
    for (const { file } of exportParts.filter(({ file }) => !nameless.includes(file)))
      expect({
        file,
        has: files[file]?.includes(marker),
      }).toEqual({ file, has: true });

    const manifest = JSON.parse(files["manifest.json"] ?? "") as {
      files: { name: string; rows: number; bytes: number; sha256: string }[];
      auditHead: { hash: string };
    };
    expect(manifest.files.map(({ name }) => name).sort()).toEqual(
      Object.keys(files)
        .filter((name) => name !== "manifest.json")
        .sort(),
    );
    for (const { name, bytes, sha256 } of manifest.files) {
      const raw = new TextEncoder().encode(files[name]);
      // So that spreadsheets read accents; who unpacks it as text loses the mark.
      const read = name.endsWith(".csv") ? new Uint8Array([0xef, 0xbb, 0xbf, ...raw]) : raw;
      const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", read))]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("");
      expect({ name, bytes, sha256 }).toEqual({ name, bytes: read.length, sha256: digest });
    }
    // The log proves itself, outside of the portal.
    let before = "";
    const lines = (JSON.parse(files["audit_log.json"] ?? "") as AuditRow[]).filter(({ seq }) => seq !== null);
    for (const { seq, hash, ...line } of lines.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))) {
      expect(hash).toBe(lineHash(before, line));
      before = hash ?? "";
    }
    expect(manifest.auditHead.hash).toBe(before);
    expect((await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["export.requested", "export.made", "export.downloaded"]),
    );
  });

  test("what is the agency's own is not in it: how it files the client, and from where its admins worked", async () => {
    const tenant = await makeTenant({ tags: ["difficult"], source: "script", origin: "shopify:difficult" });
    const staff = await makeUser({ staff: true });
    await updateClient(testTenantCtx(tenant, "staff", { actor: staff.actor, ip: "198.51.100.77" }), { tags: ["difficult", "late payer"] });
    const { token, exportId } = await asked(tenant);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    const all = Object.values(files).join("\n");
    expect(all).not.toMatch(/difficult|late payer|198\.51\.100\.77/);
    expect(JSON.parse(files["audit_log.json"] ?? "")).toContainEqual(
      expect.objectContaining({ action: "client.updated", actorType: "staff", ip: null, details: { tags: 2 } }),
    );
  });

  test("every table that is a client's is in it, or says why not", () => {
    const named = [...exportParts.map(({ table }) => getTableName(table)), ...Object.keys(notExported)];
    expect([...new Set(named)].sort()).toEqual([...tenantTables].sort());
  });

  test("more than a page and more than a piece come whole", async () => {
    const tenant = await makeTenant();
    // Random, so that the zip gets long.
    await db.run(
      sql`insert into ${measurements} (tenant_id, job, metric, day, dimension, value, measured_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 2300)
        select ${tenant.id}, 's', 'm', '2026-01-01', hex(randomblob(450)), i, i from n`,
    );
    const { token, exportId } = await asked(tenant);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const pieces = await piecesOf(exportId);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every(({ bytes }) => bytes.length <= 900_000)).toBe(true);
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    expect(files["measurements.csv"]?.trim().split("\r\n")).toHaveLength(2301);
    expect(new Set(files["measurements.csv"]?.match(/,\d+,1970/g)).size).toBe(2300);
  }, 20_000);
});

/** Works off one message after the other until it is over; answers how many there were. */
async function makeWhole(tenant: Tenant, exportId: string, context: () => ReturnType<typeof jobs> = jobs): Promise<number> {
  for (let messages = 1; messages < 200; messages++) {
    const ctx = context();
    await makeExport(ctx, { tenant: tenant.id, exportId });
    if ((await rowOf(exportId))?.status !== "waiting") return messages;
    expect(ctx.traces.tasks).toEqual([{ v: 1, type: "export", tenant: tenant.id, export: exportId }]);
  }
  throw new Error("it never ends");
}

const addOrders = (tenant: Tenant, count: number) =>
  db.run(
    sql`insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      select ${tenant.id}, 'con', printf('%08d', i), i % 977, i, '2026-01-01', i, 'GBP', i from n`,
  );

/** The orders' ids in the file, in their order. */
const idsIn = (csv: string | undefined) =>
  (csv ?? "")
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",")[1]);

describe("a long export", () => {
  test("is made in steps, a message each, and others' come in between; the zip is whole, each row once and in order", async () => {
    const tenant = await makeTenant();
    await addOrders(tenant, 50_000);
    const { ctx, token, exportId } = await asked(tenant);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const [half] = await listExports(ctx);
    expect(half).toMatchObject({ status: "waiting", bytes: null });
    expect(half?.rows).toBeGreaterThan(19_999);
    expect(await rowOf(exportId)).toMatchObject({ leaseUntil: null, attempts: 0 });
    expect(await makeWhole(tenant, exportId)).toBe(2);
    const row = await rowOf(exportId);
    expect(row).toMatchObject({ progress: null, contents: expect.objectContaining({ "orders.csv": 50_000 }) });
    const pieces = await piecesOf(exportId);
    expect(pieces.map(({ seq }) => seq)).toEqual(pieces.map((_, at) => at));
    expect(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(row?.bytes);
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    expect(idsIn(files["orders.csv"])).toEqual(Array.from({ length: 50_000 }, (_, at) => String(at + 1).padStart(8, "0")));
    const { files: facts } = JSON.parse(files["manifest.json"] ?? "") as { files: { name: string; sha256: string }[] };
    const bytes = new TextEncoder().encode(`\uFEFF${files["orders.csv"]}`);
    expect(facts.find(({ name }) => name === "orders.csv")?.sha256).toBe(encodeHexLowerCase(sha256(bytes)));
  }, 60_000);

  test("killed between any two of its calls of D1, in any step, it goes on and is the same zip", async () => {
    const tenant = await makeTenant();
    await addOrders(tenant, 42_500);
    const { token, exportId } = await asked(tenant);
    let deaths = 0;
    let hours = 0;
    for (let calls = 3; (await rowOf(exportId))?.status === "waiting"; calls += 4) {
      // After the lease of whoever was killed: what is thrown is given back, so kill that too.
      hours += 1;
      const ctx = jobs(() => Date.now() + hours * 3_600_000);
      let left = calls;
      const DB = interruptedD1(ctx.databases.DB, () => {
        if (left-- <= 0) throw new Error("killed");
        return undefined;
      });
      await makeExport({ ...ctx, databases: { DB } }, { tenant: tenant.id, exportId }).catch((error: unknown) => {
        expect(String(error)).toMatch(/killed|Failed query|Failed to run the query/);
        deaths += 1;
      });
      // Deaths without a step in between are counted as tries: three are enough to give up, which is another test's matter.
      await db.update(dataExports).set({ attempts: 0 }).where(eq(dataExports.id, exportId));
    }
    expect(deaths).toBeGreaterThan(4);
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    expect(idsIn(files["orders.csv"])).toEqual(Array.from({ length: 42_500 }, (_, at) => String(at + 1).padStart(8, "0")));
    expect(await rowOf(exportId)).toMatchObject({ status: "ready" });
  }, 120_000);

  test("a message that comes twice, and one that was overtaken, write nothing into it", async () => {
    const tenant = await makeTenant();
    await addOrders(tenant, 45_000);
    const { token, exportId } = await asked(tenant);
    const ctx = jobs();
    let batches = 0;
    // Held up before it keeps its first piece, while its lease ends and another one makes the whole.
    const DB = interruptedD1(ctx.databases.DB, ({ is }) => {
      if (is !== "batch" || ++batches !== 2) return undefined;
      return makeWhole(tenant, exportId, () => jobs(() => Date.now() + 3_600_000));
    });
    await expect(makeExport({ ...ctx, databases: { DB } }, { tenant: tenant.id, exportId })).rejects.toThrow(/another try/);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    expect(idsIn(files["orders.csv"])).toHaveLength(45_000);
  }, 60_000);

  test("has a queue of its own, and what waits in the other one is not held up", async () => {
    const sent: string[] = [];
    const queue = (name: string) => ({
      sendBatch: async (messages: { body: { type: string } }[]) => void sent.push(...messages.map(({ body }) => `${name}: ${body.type}`)),
    });
    const env = { ...testEnv, TASKS: queue("tasks"), EXPORTS: queue("exports") } as unknown as typeof testEnv;
    const { send } = buildJobCtx({ env, connect: testCtx().connect }, "test");
    await send.tasks([
      { v: 1, type: "export", tenant: "t", export: "e" },
      { v: 1, type: "webhook", tenant: "t", delivery: "d" },
    ]);
    expect(sent.sort()).toEqual(["exports: export", "tasks: webhook"]);
  });
});

test("a download says its length, and is as long", async () => {
  const { tenant } = await makeBelongings(`length-${Date.now()}`);
  const { token, exportId } = await asked(tenant);
  await makeExport(jobs(), { tenant: tenant.id, exportId });
  const response = await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) });
  const length = Number(response.headers.get("content-length"));
  expect(length).toBe((await rowOf(exportId))?.bytes);
  expect((await response.arrayBuffer()).byteLength).toBe(length);
});

describe("an export is made once", () => {
  test("while one is being made there is no other, and a message that comes twice makes it once", async () => {
    const tenant = await makeTenant();
    const { ctx, exportId } = await asked(tenant);
    await expect(requestExport(ctx)).rejects.toMatchObject({ kind: "conflict" });
    await Promise.all([1, 2, 3].map(() => makeExport(jobs(), { tenant: tenant.id, exportId })));
    expect(await rowOf(exportId)).toMatchObject({ status: "ready", attempts: 1, contents: expect.objectContaining({ "members.json": 1 }) });
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    expect((await rowOf(exportId))?.attempts).toBe(1);
    expect((await listExports(ctx)).map(({ status }) => status)).toEqual(["ready"]);
  });

  test("one whose worker died is sent again and made anew; after three tries it has failed", async () => {
    let now = Date.now();
    const tenant = await makeTenant();
    const { exportId } = await asked(tenant, () => now);
    const broken = () => {
      const ctx = jobs(() => now);
      const DB = interruptedD1(ctx.databases.DB, (call) => {
        if (call.is === "prepare" && /"measurements"/.test(call.query)) throw new Error("D1 is away");
        return undefined;
      });
      return { ...ctx, databases: { DB } };
    };
    await expect(makeExport(broken(), { tenant: tenant.id, exportId })).rejects.toThrow(/D1 is away|Failed query/);
    expect(await rowOf(exportId)).toMatchObject({ status: "waiting", attempts: 1, leaseUntil: null });
    // A worker that was killed leaves its lease: nobody takes it before that is over.
    await db
      .update(dataExports)
      .set({ leaseUntil: now + 60_000 })
      .where(eq(dataExports.id, exportId));
    await makeExport(
      jobs(() => now),
      { tenant: tenant.id, exportId },
    );
    expect((await rowOf(exportId))?.status).toBe("waiting");
    now += 11 * 60_000;
    const cron = jobs(() => now);
    await sweepExports(cron);
    expect(cron.traces.tasks).toContainEqual({ v: 1, type: "export", tenant: tenant.id, export: exportId });
    for (const _ of [2, 3]) await expect(makeExport(broken(), { tenant: tenant.id, exportId })).rejects.toThrow();
    expect(await rowOf(exportId)).toMatchObject({ status: "failed", attempts: 3 });
  });

  test("of a client that was erased while it waited nothing is made, and its message is over", async () => {
    const ctx = testCtx({ actor: { type: "system", job: "test" } });
    expect(await makeExport(ctx, { tenant: "erased-while-it-waited", exportId: "exp_none" })).toBeUndefined();
  });

  test("it goes after seven days, with all its pieces", async () => {
    let now = Date.now();
    const tenant = await makeTenant();
    const { ctx, exportId } = await asked(tenant, () => now);
    await makeExport(
      jobs(() => now),
      { tenant: tenant.id, exportId },
    );
    now += exportKeptMs;
    await expect(downloadExport(ctx, { tenant: tenant.id, exportId })).rejects.toMatchObject({ kind: "not_found" });
    await sweepExports(jobs(() => now));
    expect([await rowOf(exportId), await piecesOf(exportId)]).toEqual([undefined, []]);
  });
});

describe("whose it is", () => {
  test("owners, admins and staff may have it; others of the team, other clients' people and strangers may not", async () => {
    const tenant = await makeTenant();
    const { exportId, token } = await asked(tenant);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const statusFor = async (path: string, who: string | null) => (await ask(path, { headers: who === null ? {} : asPerson(who) })).status;
    const path = `/t/${tenant.id}/exports/${exportId}`;
    const other = await makeTenant();
    expect({
      owner: await statusFor(path, token),
      staff: await statusFor(`/admin/clients/${tenant.id}/exports/${exportId}`, (await makeUser({ staff: true })).token),
      member: await statusFor(path, (await makeUser({ roles: [[tenant, "member"]] })).token),
      elsewhere: await statusFor(path, (await makeUser({ roles: [[other, "owner"]] })).token),
      through: await statusFor(`/t/${other.id}/exports/${exportId}`, (await makeUser({ roles: [[other, "owner"]] })).token),
      nobody: await statusFor(path, null),
    }).toEqual({ owner: 200, staff: 200, member: 403, elsewhere: 404, through: 404, nobody: 303 });
    const { actor } = await makeUser({ roles: [[tenant, "billing"]] });
    await expect(requestExport(testTenantCtx(tenant, "billing", { actor }))).rejects.toMatchObject({ kind: "forbidden" });
  });

  test("nothing of another client is in it", async () => {
    await makeBelongings("somebody-elses-marker");
    const tenant = await makeTenant();
    await db.insert(orders).values({
      tenantId: tenant.id,
      connectionId: "c",
      externalId: "1",
      placedAt: 1,
      day: "2026-01-01",
      grossMinor: -5,
      currency: "GBP",
      updatedAt: 1,
    });
    const { exportId, token } = await asked(tenant);
    await makeExport(jobs(), { tenant: tenant.id, exportId });
    const files = await unzipped(await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) }));
    expect(Object.values(files).join()).not.toContain("somebody-elses-marker");
    expect(files["orders.csv"]).toContain(",-5,GBP,");
  });
});

test("a cell that a spreadsheet would run is text, numbers stay numbers", () => {
  expect(csvLine(["=1+1", "+1", "-1", "@x", "\tx", -1, null, 'a"b', "a,b", "a\nb", { a: 1 }])).toBe(
    `'=1+1,'+1,'-1,'@x,"'\tx",-1,,"a""b","a,b","a\nb","{""a"":1}"\r\n`,
  );
  const disguised = [
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n@x",
    "\u00a0=1",
    "\u3000+1",
    "\ufeff=1",
    "\u200b=1",
    "\u0000=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " ＝1",
    "−1",
    "﹦1",
  ];
  for (const text of disguised) expect({ text, cell: csvLine([text]).replace(/^"/, "").startsWith("'") }).toEqual({ text, cell: true });
  for (const text of ["a=1", "Élodie", "2026-01-01", "a;=1"]) expect(csvLine([text])).not.toContain("'");
  expect(csvLine(["a;=1"])).toBe('"a;=1"\r\n');
});
