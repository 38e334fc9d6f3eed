import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, policies } from "#db/schema/index.ts";
import { declineFinding } from "#server/domain/learning/decline-finding.ts";
import { findFinding } from "#server/domain/learning/find-finding.ts";
import { listFindings } from "#server/domain/learning/list-findings.ts";
import { measure } from "#server/domain/learning/measures.ts";
import { refreshFindings } from "#server/domain/learning/refresh-findings.ts";
import { ListFindings } from "#server/domain/learning/schemas.ts";
import { windowMs } from "#server/domain/learning/thresholds.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { automation, dayMs, learningRig } from "./world.ts";

const rejected = { status: "rejected", note: "too soon" } as const;

describe("what is no finding", () => {
  test("one event, or a few of few: nothing is found", async () => {
    const rig = await learningRig();
    await rig.decided(1, rejected);
    await rig.refresh();
    await rig.decided(3, rejected);
    await rig.decided(2, { status: "failed", failureKind: "rejected" });
    await rig.edited(await rig.decided(4), "Win back");
    await rig.decided(10);
    rig.advance(1);
    await rig.refresh();
    expect(await rig.findings()).toEqual([]);
  });

  test("five of a hundred: so small a share is chance", async () => {
    const rig = await learningRig();
    await rig.decided(95);
    await rig.decided(5, rejected);
    await rig.refresh();
    expect(await rig.findings()).toEqual([]);
  });

  test("what is older than 28 days, what the policy decided, and what another client's people said", async () => {
    const [rig, other] = [await learningRig(), await learningRig()];
    const old = rig.now() - windowMs - dayMs;
    await rig.decided(10, { ...rejected, decidedAt: old, createdAt: old });
    await rig.decided(10, { ...rejected, decidedBy: "policy" });
    await other.decided(10, rejected);
    await rig.refresh();
    expect(await rig.findings()).toEqual([]);
    expect(await other.found("rejections")).toMatchObject({ hits: 10, of: 10 });
  });

  test("an automation that is off, and one that is no more on the shelf, are not looked at", async () => {
    const off = await learningRig({ mode: "off" });
    const gone = await learningRig({ name: "gone-from-the-shelf" });
    for (const rig of [off, gone]) {
      await rig.decided(10, rejected);
      await rig.refresh();
      expect(await rig.findings()).toEqual([]);
    }
  });
});

describe("what is found, and what it proposes", () => {
  test("rejections: the mildest setting that makes it stricter, or the next one where that has no room", async () => {
    const rig = await learningRig();
    await rig.decided(10);
    await rig.decided(3, rejected);
    await rig.decided(3, { status: "shadowed", agreed: false });
    await rig.refresh();
    expect(await rig.findings()).toMatchObject([
      {
        kind: "rejections",
        what: "",
        status: "open",
        hits: 6,
        of: 16,
        proposal: { does: "setting", field: "lateBy", from: 1.5, to: 1.75 },
      },
    ]);
    const narrow = await learningRig();
    await narrow.ctx.db.run(
      sql`insert into schedules (tenant_id, job, every_s, next_at, enabled, config) values (${narrow.ctx.tenant.id}, ${automation}, 60, 0, 1, ${'{"lateBy":10}'})`,
    );
    await narrow.decided(10, rejected);
    await narrow.refresh();
    expect((await narrow.found("rejections"))?.proposal).toEqual({ does: "setting", field: "minOrders", from: 3, to: 4 });
  });

  test("rejections of an automation that names no such setting: nothing is proposed", async () => {
    const rig = await learningRig({ name: "review-request-automation" });
    await rig.decided(10, rejected);
    await rig.refresh();
    expect(await rig.found("rejections")).toMatchObject({ hits: 10, of: 10, proposal: null });
  });

  test("edits: the wording that most people were to get alike, where a setting takes it; a number where it is one", async () => {
    const rig = await learningRig();
    await rig.edited(await rig.decided(5), "Win back");
    await rig.edited(await rig.decided(2), "Come back");
    await rig.edited(await rig.decided(6), "15", { kind: "shopify-discount", field: "off.percent", was: "10" });
    await rig.edited(await rig.decided(6), "a title", { field: "properties.product_title", was: "another" });
    await rig.refresh();
    expect(await rig.found("edits", "klaviyo-event:metric")).toMatchObject({
      ...{ hits: 7, of: 19 },
      proposal: { does: "text", field: "metric", from: "Customer at risk", to: "Win back" },
    });
    expect((await rig.found("edits", "shopify-discount:off.percent"))?.proposal).toEqual({
      ...{ does: "setting", field: "discountPercent", from: 0, to: 15 },
    });
    expect((await rig.found("edits", "klaviyo-event:properties.product_title"))?.proposal).toBeNull();
  });

  test("edits that go back to what it was, to as many wordings as there are edits, or to what the setting refuses, propose nothing", async () => {
    const rig = await learningRig();
    for (const [n, id] of (await rig.decided(6)).entries()) await rig.edited([id], `wording ${n}`);
    await rig.edited(await rig.decided(6), "80", { kind: "shopify-discount", field: "off.percent", was: "10" });
    await rig.edited(await rig.decided(6), "same", { field: "value", was: "same" });
    await rig.refresh();
    expect((await rig.found("edits", "klaviyo-event:metric"))?.proposal).toBeNull();
    expect((await rig.found("edits", "shopify-discount:off.percent"))?.proposal).toBeNull();
    expect(await rig.found("edits", "klaviyo-event:value")).toBeUndefined();
  });

  test("one customer's six edits are nobody's wording", async () => {
    const rig = await learningRig();
    await rig.edited(await rig.decided(6, { subject: "customer:1" }), "Dear neighbour");
    await rig.refresh();
    expect(await rig.found("edits", "klaviyo-event:metric")).toMatchObject({ hits: 6, proposal: null });
  });

  test("failures, by their kind: shadow only where more fails than not", async () => {
    const rig = await learningRig({ mode: "auto" });
    await rig.decided(10, { status: "failed", failureKind: "rejected" });
    await rig.decided(3, { status: "failed", failureKind: "revoked" });
    await rig.refresh();
    expect(await rig.found("failures", "rejected")).toMatchObject({ hits: 10, of: 13, proposal: null });
    await rig.decided(10, { status: "failed", failureKind: "rejected" });
    rig.advance(1);
    await rig.refresh();
    expect(await rig.found("failures", "rejected")).toMatchObject({
      proposal: { does: "rule", field: "mode", from: "auto", to: "shadow" },
    });
    expect(await rig.found("failures", "revoked")).toMatchObject({ hits: 3, of: 23, proposal: null });
  });

  test.each([
    ["auto", { does: "rule", field: "mode", from: "auto", to: "approve" }],
    ["approve", { does: "rule", field: "mode", from: "approve", to: "shadow" }],
    ["shadow", null],
  ] as const)("low agreement of one in %s: one step back, where there is one", async (mode, proposal) => {
    const rig = await learningRig({ mode });
    await rig.decided(4);
    await rig.decided(8, rejected);
    await rig.refresh();
    expect(await rig.found("low_agreement")).toMatchObject({ hits: 4, of: 12, proposal });
  });

  test.each([
    ["no more than a policy can say", 80_000, 100_000],
    ["nothing where that is so already", 100_000, null],
    ["nothing of nothing", 0, null],
  ])("of a budget that is full there is proposed %s", async (_, actionsADay, to) => {
    const rig = await learningRig({ actionsADay });
    await rig.decided(40);
    await rig.days(20, 15);
    await rig.refresh();
    expect((await rig.found("budgets", "actions"))?.proposal).toEqual(
      to === null ? null : { does: "rule", field: "actionsADay", from: actionsADay, to },
    );
  });

  test("a budget that is full on many days: half as much again where people agree, else nothing", async () => {
    const rig = await learningRig();
    await rig.days(20, 6);
    await rig.days(20, 4, "customers");
    await rig.refresh();
    expect(await rig.findings()).toMatchObject([{ kind: "budgets", what: "actions", hits: 6, of: 20, proposal: null }]);
    await rig.decided(20);
    rig.advance(1);
    await rig.refresh();
    expect((await rig.found("budgets", "actions"))?.proposal).toEqual({ does: "rule", field: "actionsADay", from: 20, to: 30 });
  });
});

describe("the cron", () => {
  test("looks once a day, and finds one thing once, with its figures of today; two ticks at once do it once", async () => {
    const rig = await learningRig();
    await rig.decided(10, rejected);
    const cron = () => refreshFindings(testCtx({ actor: { type: "system", job: "cron" }, now: rig.now }));
    await rig.refresh();
    await rig.ctx.db.update(policies).set({ learnAt: 0 }).where(inTenant(rig.ctx, policies));
    const both = await Promise.all([cron(), cron()]);
    expect(both.map(({ looked }) => looked).sort()).toEqual([0, 1]);
    const [first, ...others] = (await rig.findings()).filter(({ kind }) => kind === "rejections");
    expect(others).toEqual([]);
    await rig.decided(2, rejected);
    await rig.refresh();
    expect((await rig.found("rejections"))?.hits).toBe(10);
    rig.advance(1);
    await rig.refresh();
    expect(await rig.found("rejections")).toMatchObject({ id: first?.id, hits: 12, foundAt: first?.foundAt });
  });

  test("what stands stays when nobody says it any more, and says so", async () => {
    const rig = await learningRig();
    await rig.decided(10, rejected);
    await rig.refresh();
    rig.advance(40);
    await rig.refresh();
    expect(await rig.found("rejections")).toMatchObject({ status: "open", hits: 0, of: 0 });
  });

  test("reads its own rows alone, however many others there are", async () => {
    const rig = await learningRig();
    await rig.decided(40);
    await rig.decided(10, rejected);
    await rig.edited(await rig.decided(6), "Win back");
    const old = rig.now() - windowMs - dayMs;
    await rig.decided(200, { decidedAt: old, createdAt: old });
    const counted = countingD1(testEnv.DB);
    const ctx = { ...rig.ctx, db: openDb(counted.d1) };
    await measure(ctx, { automation, from: rig.now() - windowMs, until: rig.now() });
    // Three reads for each of the 56 (once by who decided, once by how it ended, each with its place in an index), and the edits.
    expect(counted.rowsRead()).toBeLessThan(56 * 5);
    // A tick at which nothing is due, however many automations are on.
    const idle = await testEnv.DB.batch([
      testEnv.DB.prepare("update findings set status = 'open', until = null where status = 'snoozed' and until <= ?").bind(0),
      testEnv.DB.prepare(
        `update policies set learn_at = 1 where (tenant_id, automation) in (select tenant_id, automation from policies where mode <> 'off'
           and learn_at <= ? order by learn_at limit 10) returning tenant_id`,
      ).bind(-1),
    ]);
    expect(idle.reduce((sum, { meta }) => sum + meta.rows_read, 0)).toBeLessThan(8);
    const plan = await testEnv.DB.prepare(
      `explain query plan update policies set learn_at = 1 where (tenant_id, automation) in (select tenant_id, automation from policies where mode <> 'off'
         and learn_at <= ? order by learn_at limit 10)`,
    )
      .bind(0)
      .all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail).join(" ")).toContain("policies_learning");
  });
});

describe("the pages", () => {
  test("people of a client, and a job, see no findings; another one's id is not found", async () => {
    const rig = await learningRig();
    const findingId = await rig.open(null);
    const { actor } = await makeUser({ roles: [[rig.ctx.tenant, "owner"]] });
    const asked = ListFindings.parse({});
    await expect(listFindings(testCtx({ actor }), asked)).rejects.toMatchObject({ kind: "forbidden" });
    await expect(findFinding(testCtx({ actor }), { findingId })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(listFindings(testCtx(), asked)).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(findFinding(rig.admin, { findingId: "fnd_none" })).rejects.toMatchObject({ code: "finding_not_found" });
  });

  test("a list is by state and kind and client, the newest first, page by page", async () => {
    const rig = await learningRig();
    const ids = [await rig.open(null), await rig.open(null, { kind: "edits" }), await rig.open(null, { status: "declined" })];
    const tenantId = rig.ctx.tenant.id;
    const list = async (asked: object) => listFindings(rig.admin, ListFindings.parse({ tenantId, ...asked }));
    expect((await list({})).items.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    expect((await list({ kind: "edits" })).items.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await list({ state: "declined" })).items.map(({ id }) => id)).toEqual([ids[2]]);
    const first = await list({ limit: 1 });
    expect(first.next).toBe(ids[1]);
    expect((await list({ limit: 1, cursor: first.next })).items.map(({ id }) => id)).toEqual([ids[0]]);
  });

  test("reasons are read from the actions, grouped, and gone with them: none rests in the finding", async () => {
    const rig = await learningRig();
    await rig.decided(4, { status: "rejected", note: "Too soon" });
    await rig.decided(5, { status: "rejected", note: " too soon " });
    await rig.decided(1, { status: "rejected", note: "Mrs Example asked for it" });
    await rig.refresh();
    const row = await rig.found("rejections");
    expect(JSON.stringify(await rig.findings())).not.toMatch(/soon|Example/i);
    const read = async () => (await findFinding(rig.admin, { findingId: row?.id ?? "" })).said;
    expect(await read()).toEqual([
      { words: expect.stringMatching(/too soon/i), count: 9 },
      { words: "Mrs Example asked for it", count: 1 },
    ]);
    await rig.ctx.db.delete(actions).where(inTenant(rig.ctx, actions, sql`note like 'Mrs%'`));
    expect((await read()).map(({ count }) => count)).toEqual([9]);
  });

  test("reasons are those of the actions that its figures are of: none that was said before, afterwards, or of an older proposal", async () => {
    const rig = await learningRig();
    await rig.decided(10, { status: "rejected", note: "too soon" });
    await rig.decided(5, { status: "failed", failureKind: "rejected", failureMessage: "no profile" });
    await rig.decided(3, { status: "rejected", note: "of an older one", createdAt: rig.now() - windowMs - dayMs });
    await rig.refresh();
    const said = async (kind: string, what = "") =>
      (await findFinding(rig.admin, { findingId: (await rig.found(kind, what))?.id ?? "" })).said;
    rig.advance(0.5);
    const later = { decidedAt: rig.now(), createdAt: rig.now() };
    await rig.decided(4, { status: "rejected", note: "afterwards", ...later });
    await rig.decided(4, { status: "failed", failureKind: "rejected", failureMessage: "afterwards", ...later });
    expect(await said("rejections")).toEqual([{ words: "too soon", count: 10 }]);
    expect(await said("low_agreement")).toEqual([{ words: "too soon", count: 10 }]);
    expect(await said("failures", "rejected")).toEqual([{ words: "no profile", count: 5 }]);
  });

  test("what came back after a no is told by what was said since, also on the next day", async () => {
    const rig = await learningRig();
    await rig.decided(14, { note: "" });
    await rig.decided(6, { status: "rejected", note: "too soon" });
    await rig.refresh();
    const findingId = (await rig.found("rejections"))?.id ?? "";
    await declineFinding(rig.admin, { findingId, reason: "as it should be" });
    rig.advance(2);
    await rig.decided(20, { status: "rejected", note: "too late" });
    await rig.refresh();
    for (const _ of [1, 2]) {
      expect(await rig.found("rejections")).toMatchObject({ status: "open", hits: 20, of: 20 });
      expect((await findFinding(rig.admin, { findingId })).said).toEqual([{ words: "too late", count: 20 }]);
      rig.advance(1);
      await rig.refresh();
    }
  });

  test("what people made of a field and what providers answered are read the same way; another client's are not among them", async () => {
    const [rig, other] = [await learningRig(), await learningRig()];
    await other.edited(await other.decided(9), "theirs");
    await rig.edited(await rig.decided(5), "Win back");
    await rig.edited(await rig.decided(1), "Come back");
    await rig.decided(5, { status: "failed", failureKind: "rejected", failureMessage: "no profile" });
    await rig.refresh();
    const said = async (kind: string, what: string) =>
      (await findFinding(rig.admin, { findingId: (await rig.found(kind, what))?.id ?? "" })).said;
    expect(await said("edits", "klaviyo-event:metric")).toEqual([
      { words: "Win back", count: 5 },
      { words: "Come back", count: 1 },
    ]);
    expect(await said("failures", "rejected")).toEqual([{ words: "no profile", count: 5 }]);
  });

  test("one whose automation is no more is shown by its id", async () => {
    const rig = await learningRig({ name: "gone-from-the-shelf" });
    const findingId = await rig.open({ does: "setting", field: "x", from: 1, to: 2 });
    expect(await findFinding(rig.admin, { findingId })).toMatchObject({
      ...{ automation: "gone-from-the-shelf", title: null, mode: null },
      proposal: { field: "x", label: null },
    });
  });
});

test("a stranger's actions are in no measure", async () => {
  const rig = await learningRig();
  await rig.decided(10, rejected);
  const other = testTenantCtx(await makeTenant(), "owner", { now: rig.now });
  expect(await measure(other, { automation, from: 0, until: rig.now() })).toEqual({
    ...{ decided: 0, rejected: 0, agreed: 0, carriedOut: 0, failures: [], edits: [], budgets: [] },
  });
});
