import { beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { batchOf } from "#db/client.ts";
import { schedules, tenants } from "#db/schema/index.ts";
import { instantOf } from "#server/catalog/days.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { checkParams } from "#server/domain/schedules/check-params.ts";
import { listJobSettings } from "#server/domain/schedules/job-settings.ts";
import { mergeConfig } from "#server/domain/schedules/merge-config.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { latestSlot, nextSlot } from "#server/domain/schedules/slots.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isOn, plans } from "#server/domain/tenancy/plans.ts";
import { clearRuns, makeRig } from "#test/domain/runs/rig.ts";
import type { TestReading } from "#test/domain/runs/sensors.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

beforeEach(clearRuns);

const text = (word: string) => ({ en: word, fr: word, he: word });
const fresh = testSensor("fresh", undefined, { onByDefault: undefined });

test("a job that is new waits until the client or its plan switches it on; the five of before are on for everybody", async () => {
  const tenant = await makeTenant({ plan: "growth" });
  expect(allJobs.filter((job) => isOn(tenant, job)).map(({ id }) => id)).toEqual(
    expect.arrayContaining(["shopify-sensor", "retention-sensor", "klaviyo-sensor", "email-health-sensor", "ga4-sensor"]),
  );
  expect(isOn(tenant, fresh)).toBe(false);
  expect(isOn({ ...tenant, features: { fresh: true } }, fresh)).toBe(true);
  const { turnsOn } = plans.growth;
  onTestFinished(() => {
    plans.growth.turnsOn = turnsOn;
  });
  plans.growth.turnsOn = ["fresh"];
  expect(isOn(tenant, fresh)).toBe(true);
  expect(isOn({ ...tenant, plan: "essentials" }, fresh)).toBe(false);
  expect(isOn({ ...tenant, features: { fresh: false } }, fresh)).toBe(false);
});

test("a deployment that brings a job starts it for nobody", async () => {
  const rig = makeRig({ jobs: [fresh] });
  const { ctx } = await rig.tenant();
  await batchOf(ctx.db, scheduleStatements(ctx, { connections: [] }, [fresh]));
  const [row] = await ctx.db.select().from(schedules).where(inTenant(ctx, schedules));
  expect(row).toMatchObject({ job: "fresh", enabled: false });
  expect(await rig.tick()).toBe(0);
});

test("a time of day is an instant of its zone: in winter, in summer, in the hour that is left out, and at the first of two", () => {
  const at = (day: string, time: string, zone = "Europe/Paris") => new Date(instantOf(day, time, zone)).toISOString();
  expect(at("2026-01-15", "07:30")).toBe("2026-01-15T06:30:00.000Z");
  expect(at("2026-07-15", "07:30")).toBe("2026-07-15T05:30:00.000Z");
  expect(at("2026-03-29", "02:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(at("2026-10-25", "02:30")).toBe("2026-10-25T00:30:00.000Z");
  expect(at("2026-06-01", "00:15", "Asia/Kolkata")).toBe("2026-05-31T18:45:00.000Z");
  expect(at("2026-01-01", "23:00", "Pacific/Kiritimati")).toBe("2026-01-01T09:00:00.000Z");
});

test("a job with a time of day runs once a day at it, also where the clocks change", () => {
  const grid = { tenantId: "acme", job: "daily", everyS: 86_400, dailyAt: "07:30", zone: "Europe/Paris" };
  const slots: string[] = [];
  for (let at = Date.parse("2026-03-27T12:00:00Z"); slots.length < 4; ) {
    at = nextSlot(grid, at);
    slots.push(new Date(at).toISOString());
    expect(latestSlot(grid, at)).toBe(at);
  }
  expect(slots).toEqual(["2026-03-28T06:30:00.000Z", "2026-03-29T05:30:00.000Z", "2026-03-30T05:30:00.000Z", "2026-03-31T05:30:00.000Z"]);
});

test("a job with a time of day waits for it by its client's clock, and moves with it", async () => {
  const daily = testSensor("daily", undefined, { dailyAt: "07:30" });
  const rig = makeRig({ jobs: [daily] });
  const { ctx } = await rig.tenant({ timezone: "Asia/Tokyo" });
  const rowOf = async () => (await ctx.db.select().from(schedules).where(inTenant(ctx, schedules)))[0];
  await batchOf(ctx.db, scheduleStatements(ctx, { connections: [] }, [daily]));
  const row = await rowOf();
  expect(row).toMatchObject({ dailyAt: "07:30", zone: "Asia/Tokyo", everyS: 86_400 });
  expect(new Date(row?.nextAt ?? 0).toISOString()).toMatch(/T22:30:00\.000Z$/);
  expect(row?.nextAt).toBeGreaterThan(rig.clock.now());
  await batchOf(ctx.db, scheduleStatements({ ...ctx, tenant: { ...ctx.tenant, timezone: "Europe/Paris" } }, { connections: [] }, [daily]));
  const moved = await rowOf();
  expect(moved?.zone).toBe("Europe/Paris");
  expect(new Date(moved?.nextAt ?? 0).toISOString()).toMatch(/T0[56]:30:00\.000Z$/);
});

test("who changes a client's time zone has its schedules written anew", async () => {
  const ctx = testTenantCtx(await makeTenant({ timezone: "UTC" }), "owner");
  await ctx.directory.update(tenants).set({ catalog: "as it was" });
  const after = await updateClient(ctx, { timezone: "Asia/Tokyo" });
  expect(after).toMatchObject({ timezone: "Asia/Tokyo", catalog: "" });
});

test("an account that a job can do without keeps it from nothing, and is null where the client has none", async () => {
  const seen: unknown[] = [];
  const needs = [{ provider: "klaviyo", scopes: ["lists:read"], optional: { without: text("Nothing of lists is known.") } }];
  const step = async (reading: TestReading) => {
    seen.push(reading.optionalAccount("klaviyo"));
    expect(() => reading.optionalAccount("shopify")).toThrow(/does not declare/);
    expect(() => reading.account("klaviyo")).toThrow(/not connected/);
    return { cursor: null, done: true };
  };
  const rig = makeRig({ jobs: [testSensor("modest", step, { needs })] });
  const { ctx } = await rig.tenant();
  await batchOf(ctx.db, scheduleStatements(ctx, { connections: [] }, [...rig.engine.jobs.values()]));
  expect((await ctx.db.select().from(schedules).where(inTenant(ctx, schedules)))[0]).toMatchObject({ blocked: null });
  await rig.tick();
  await rig.work();
  expect(seen).toEqual([null]);
});

const config = z.object({
  mode: z
    .enum(["soft", "hard"])
    .default("soft")
    .meta({ label: text("Mode"), choices: { soft: text("Gently"), hard: text("Firmly") } }),
  quiet: z
    .object({
      from: z
        .int()
        .min(0)
        .max(23)
        .default(21)
        .meta({ label: text("From") }),
      days: z
        .array(z.string())
        .default([])
        .meta({ label: text("Days") }),
    })
    .prefault({})
    .meta({ label: text("Quiet hours") }),
});
const nested = testSensor("nested", undefined, { config });

test("settings may hold groups, choices and lists: the form is drawn from the schema, with what the client has set", async () => {
  const ctx = testTenantCtx(await makeTenant(), "owner");
  await ctx.db
    .insert(schedules)
    .values({ tenantId: ctx.tenant.id, job: "nested", everyS: 3600, nextAt: 0, config: { quiet: { days: ["Sunday", "Monday"] } } });
  const [job] = await listJobSettings(ctx, [nested]);
  expect(job?.fields).toMatchObject([
    { name: "mode", type: "choice", value: "soft", choices: [{ value: "soft", label: text("Gently") }, { value: "hard" }] },
    {
      name: "quiet",
      type: "group",
      fields: [
        { name: "quiet.from", type: "integer", value: 21, minimum: 0, maximum: 23 },
        { name: "quiet.days", type: "list", value: ["Sunday", "Monday"] },
      ],
    },
  ]);
});

test("a parameter inside a group takes the place of that setting alone, and a stray one is refused by its path", () => {
  expect(mergeConfig({ mode: "hard", quiet: { from: 20, days: ["Sunday"] } }, { quiet: { from: 8 } })).toEqual({
    mode: "hard",
    quiet: { from: 8, days: ["Sunday"] },
  });
  expect(() => checkParams(nested, { quiet: { from: 8 } })).not.toThrow();
  expect(() => checkParams(nested, { quiet: { until: 8 } })).toThrow(
    expect.objectContaining({ code: "job_param_unknown", params: { known: "quiet.from, quiet.days" } }),
  );
  expect(() => checkParams(nested, { quiet: { from: 24 } })).toThrow(expect.objectContaining({ field: "quiet.from" }));
});
